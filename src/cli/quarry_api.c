#include "quarry.h"

const char *quarry_version(void) { return QUARRY_VERSION; }
