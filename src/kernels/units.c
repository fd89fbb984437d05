/*
 * units.c: convert_angle, convert_energy, convert_force, convert_length, convert_mass, convert_speed,
 * convert_temperature, convert_volume.
 *
 * Source: the functions' pages list the names; the sizes are those that the units are defined by. A
 * name that is not listed gives null. A unit is `factor * x + offset` of the quantity's own unit.
 */
#include "kernels/units.h"

#include <math.h>

#include "kernels/number.h"

typedef struct Unit {
    const char *name;
    double factor, offset;
} Unit;

#define PI 3.14159265358979323846
#define INCH 0.0254
#define FOOT 0.3048
#define YARD 0.9144
#define MILE 1609.344
#define SURVEY_FOOT (1200.0 / 3937)
#define CUBIC_INCH (INCH * INCH * INCH)
#define CUBIC_FOOT (FOOT * FOOT * FOOT)
#define US_GALLON (231 * CUBIC_INCH)
#define IMPERIAL_GALLON 0.00454609
#define POUND 0.45359237
#define GRAVITY 9.80665
#define POUND_FORCE (POUND * GRAVITY)
#define BTU 1055.05585262
#define ELECTRON_VOLT 1.602176565e-19
#define LIGHT_YEAR 9.46073047258e15
#define PARSEC 3.08567758128e16
#define MINUTE 60.0
#define HOUR 3600.0
#define KELVIN 273.15

/* In degrees. Tilt, the sine of an angle, is not in proportion to it: see convert_angle. */
static const Unit angles[] = {
    {"Arcminute", 1 / 60.0, 0},
    {"Arcsecond", 1 / 3600.0, 0},
    {"Centiradian", 1.8 / PI, 0},
    {"Deciradian", 18 / PI, 0},
    {"Degree", 1, 0},
    {"Gradian", 0.9, 0},
    {"Microdegree", 1e-6, 0},
    {"Microradian", 180e-6 / PI, 0},
    {"Millidegree", 1e-3, 0},
    {"Milliradian", 180e-3 / PI, 0},
    {"Nanodegree", 1e-9, 0},
    {"Nanoradian", 180e-9 / PI, 0},
    {"NatoMil", 360.0 / 6400, 0},
    {"Radian", 180 / PI, 0},
    {"Revolution", 360, 0},
};

/* In joules. */
static const Unit energies[] = {
    {"BritishThermalUnit", BTU, 0},
    {"Calorie", 4.184, 0},
    {"DecathermEc", 1e6 * BTU, 0},
    {"DecathermImperial", 1.05505585257348e9, 0},
    {"DecathermUs", 1.054804e9, 0},
    {"ElectronVolt", ELECTRON_VOLT, 0},
    {"Erg", 1e-7, 0},
    {"FootPound", FOOT *POUND_FORCE, 0},
    {"GigabritishThermalUnit", 1e9 * BTU, 0},
    {"GigaelectronVolt", 1e9 * ELECTRON_VOLT, 0},
    {"Gigajoule", 1e9, 0},
    {"GigawattDay", 24e9 * HOUR, 0},
    {"GigawattHour", 1e9 * HOUR, 0},
    {"HorsepowerHour", 550 * FOOT *POUND_FORCE *HOUR, 0},
    {"Joule", 1, 0},
    {"KilobritishThermalUnit", 1e3 * BTU, 0},
    {"Kilocalorie", 4184, 0},
    {"KiloelectronVolt", 1e3 * ELECTRON_VOLT, 0},
    {"Kilojoule", 1e3, 0},
    {"KilowattDay", 24e3 * HOUR, 0},
    {"KilowattHour", 1e3 * HOUR, 0},
    {"MegabritishThermalUnit", 1e6 * BTU, 0},
    {"Megacalorie", 4.184e6, 0},
    {"MegaelectronVolt", 1e6 * ELECTRON_VOLT, 0},
    {"Megajoule", 1e6, 0},
    {"MegawattDay", 24e6 * HOUR, 0},
    {"MegawattHour", 1e6 * HOUR, 0},
    {"Millijoule", 1e-3, 0},
    {"TeraelectronVolt", 1e12 * ELECTRON_VOLT, 0},
    {"TerawattDay", 24e12 * HOUR, 0},
    {"TerawattHour", 1e12 * HOUR, 0},
    {"ThermEc", 1e5 * BTU, 0},
    {"ThermImperial", 1.05505585257348e8, 0},
    {"ThermUs", 1.054804e8, 0},
    {"WattDay", 24 * HOUR, 0},
    {"WattHour", HOUR, 0},
};

/* In newtons. */
static const Unit forces[] = {
    {"Decanewton", 10, 0},
    {"Dyn", 1e-5, 0},
    {"KilogramForce", GRAVITY, 0},
    {"Kilonewton", 1e3, 0},
    {"KiloPond", GRAVITY, 0},
    {"KilopoundForce", 1e3 * POUND_FORCE, 0},
    {"Meganewton", 1e6, 0},
    {"Micronewton", 1e-6, 0},
    {"Millinewton", 1e-3, 0},
    {"Newton", 1, 0},
    {"OunceForce", POUND_FORCE / 16, 0},
    {"Poundal", POUND *FOOT, 0},
    {"PoundForce", POUND_FORCE, 0},
    {"ShortTonForce", 2e3 * POUND_FORCE, 0},
    {"TonneForce", 1e3 * GRAVITY, 0},
};

/* In metres. */
static const Unit lengths[] = {
    {"Angstrom", 1e-10, 0},
    {"AstronomicalUnit", 1.495978707e11, 0},
    {"Centimeter", 1e-2, 0},
    {"Chain", 66 * FOOT, 0},
    {"DataMile", 6000 * FOOT, 0},
    {"Decameter", 10, 0},
    {"Decimeter", 0.1, 0},
    {"DtpPica", INCH / 6, 0},
    {"DtpPoint", INCH / 72, 0},
    {"Fathom", 6 * FOOT, 0},
    {"Foot", FOOT, 0},
    {"Hand", 4 * INCH, 0},
    {"Hectometer", 100, 0},
    {"Inch", INCH, 0},
    {"KilolightYear", 1e3 * LIGHT_YEAR, 0},
    {"Kilometer", 1e3, 0},
    {"Kiloparsec", 1e3 * PARSEC, 0},
    {"LightYear", LIGHT_YEAR, 0},
    {"MegalightYear", 1e6 * LIGHT_YEAR, 0},
    {"Megaparsec", 1e6 * PARSEC, 0},
    {"Meter", 1, 0},
    {"Microinch", 1e-6 * INCH, 0},
    {"Micrometer", 1e-6, 0},
    {"Mil", 1e-3 * INCH, 0},
    {"Mile", MILE, 0},
    {"Millimeter", 1e-3, 0},
    {"Nanometer", 1e-9, 0},
    {"NauticalMile", 1852, 0},
    {"Parsec", PARSEC, 0},
    {"PrinterPica", 12 * INCH / 72.27, 0},
    {"PrinterPoint", INCH / 72.27, 0},
    {"Shackle", 90 * FOOT, 0},
    {"SolarRadius", 6.9551e8, 0},
    {"Twip", INCH / 1440, 0},
    {"UsSurveyFoot", SURVEY_FOOT, 0},
    {"Yard", YARD, 0},
};

/* In kilograms. */
static const Unit masses[] = {
    {"Centigram", 1e-5, 0},
    {"Decagram", 1e-2, 0},
    {"Decigram", 1e-4, 0},
    {"EarthMass", 5.9722e24, 0},
    {"Grain", POUND / 7000, 0},
    {"Gram", 1e-3, 0},
    {"Hectogram", 0.1, 0},
    {"Kilogram", 1, 0},
    {"Kilopound", 1e3 * POUND, 0},
    {"Kilotonne", 1e6, 0},
    {"LongHundredweight", 112 * POUND, 0},
    {"LongTon", 2240 * POUND, 0},
    {"Megapound", 1e6 * POUND, 0},
    {"Megatonne", 1e9, 0},
    {"Microgram", 1e-9, 0},
    {"Milligram", 1e-6, 0},
    {"Nanogram", 1e-12, 0},
    {"Ounce", POUND / 16, 0},
    {"Pound", POUND, 0},
    {"ShortHundredweight", 100 * POUND, 0},
    {"ShortTon", 2000 * POUND, 0},
    {"Slug", POUND_FORCE / FOOT, 0},
    {"SolarMass", 1.98947e30, 0},
    {"Stone", 14 * POUND, 0},
    {"Tonne", 1e3, 0},
};

/* In metres a second. */
static const Unit speeds[] = {
    {"CentimeterPerHour", 1e-2 / HOUR, 0},
    {"CentimeterPerMinute", 1e-2 / MINUTE, 0},
    {"CentimeterPerSecond", 1e-2, 0},
    {"DecimeterPerMinute", 0.1 / MINUTE, 0},
    {"DecimeterPerSecond", 0.1, 0},
    {"FootPerHour", FOOT / HOUR, 0},
    {"FootPerMinute", FOOT / MINUTE, 0},
    {"FootPerSecond", FOOT, 0},
    {"InchPerHour", INCH / HOUR, 0},
    {"InchPerMinute", INCH / MINUTE, 0},
    {"InchPerSecond", INCH, 0},
    {"KilometerPerHour", 1e3 / HOUR, 0},
    {"KilometerPerMinute", 1e3 / MINUTE, 0},
    {"KilometerPerSecond", 1e3, 0},
    {"Knot", 1852 / HOUR, 0},
    {"MeterPerHour", 1 / HOUR, 0},
    {"MeterPerMinute", 1 / MINUTE, 0},
    {"MeterPerSecond", 1, 0},
    {"MicrometerPerMinute", 1e-6 / MINUTE, 0},
    {"MicrometerPerSecond", 1e-6, 0},
    {"MilePerHour", MILE / HOUR, 0},
    {"MillimeterPerHour", 1e-3 / HOUR, 0},
    {"MillimeterPerMinute", 1e-3 / MINUTE, 0},
    {"MillimeterPerSecond", 1e-3, 0},
    {"NanometerPerMinute", 1e-9 / MINUTE, 0},
    {"NanometerPerSecond", 1e-9, 0},
    {"UsSurveyFootPerHour", SURVEY_FOOT / HOUR, 0},
    {"UsSurveyFootPerMinute", SURVEY_FOOT / MINUTE, 0},
    {"UsSurveyFootPerSecond", SURVEY_FOOT, 0},
    {"YardPerHour", YARD / HOUR, 0},
    {"YardPerMinute", YARD / MINUTE, 0},
    {"YardPerSecond", YARD, 0},
};

/* In kelvins. */
static const Unit temperatures[] = {
    {"DegreeCelsius", 1, KELVIN},
    {"DegreeDelisle", -2 / 3.0, 100 + KELVIN},
    {"DegreeFahrenheit", 5 / 9.0, 459.67 * 5 / 9},
    {"DegreeNewton", 100 / 33.0, KELVIN},
    {"DegreeRankine", 5 / 9.0, 0},
    {"DegreeReaumur", 1.25, KELVIN},
    {"DegreeRoemer", 40 / 21.0, KELVIN - 7.5 * 40 / 21},
    {"Kelvin", 1, 0},
    {"MillidegreeCelsius", 1e-3, KELVIN},
    {"SolarTemperature", 5778, 0},
};

/* In cubic metres. The acre foot is the one that the example of the page prints. */
static const Unit volumes[] = {
    {"AcreFoot", 1 / 0.000810714, 0},
    {"AuTablespoon", 20e-6, 0},
    {"BoardFoot", 144 * CUBIC_INCH, 0},
    {"Centiliter", 1e-5, 0},
    {"CubicCentimeter", 1e-6, 0},
    {"CubicDecimeter", 1e-3, 0},
    {"CubicFoot", CUBIC_FOOT, 0},
    {"CubicHectometer", 1e6, 0},
    {"CubicInch", CUBIC_INCH, 0},
    {"CubicKilometer", 1e9, 0},
    {"CubicMeter", 1, 0},
    {"CubicMicrometer", 1e-18, 0},
    {"CubicMile", MILE *MILE *MILE, 0},
    {"CubicMillimeter", 1e-9, 0},
    {"CubicYard", YARD *YARD *YARD, 0},
    {"Decaliter", 1e-2, 0},
    {"DecausGallon", 10 * US_GALLON, 0},
    {"Deciliter", 1e-4, 0},
    {"DeciusGallon", 0.1 * US_GALLON, 0},
    {"HectocubicFoot", 100 * CUBIC_FOOT, 0},
    {"HectocubicMeter", 100, 0},
    {"Hectoliter", 0.1, 0},
    {"HectousGallon", 100 * US_GALLON, 0},
    {"ImperialBeerBarrel", 36 * IMPERIAL_GALLON, 0},
    {"ImperialGallon", IMPERIAL_GALLON, 0},
    {"ImperialOunce", IMPERIAL_GALLON / 160, 0},
    {"ImperialPint", IMPERIAL_GALLON / 8, 0},
    {"KilocubicFoot", 1e3 * CUBIC_FOOT, 0},
    {"KilocubicMeter", 1e3, 0},
    {"KiloimperialGallon", 1e3 * IMPERIAL_GALLON, 0},
    {"Kiloliter", 1, 0},
    {"KilousGallon", 1e3 * US_GALLON, 0},
    {"Liter", 1e-3, 0},
    {"MegacubicFoot", 1e6 * CUBIC_FOOT, 0},
    {"MegaimperialGallon", 1e6 * IMPERIAL_GALLON, 0},
    {"Megaliter", 1e3, 0},
    {"MegausGallon", 1e6 * US_GALLON, 0},
    {"MetricCup", 250e-6, 0},
    {"MetricTeaspoon", 5e-6, 0},
    {"Microliter", 1e-9, 0},
    {"Milliliter", 1e-6, 0},
    {"OilBarrel", 42 * US_GALLON, 0},
    {"UkTablespoon", 15e-6, 0},
    {"UsBeerBarrel", 31 * US_GALLON, 0},
    {"UsCustomaryCup", US_GALLON / 16, 0},
    {"UsGallon", US_GALLON, 0},
    {"UsLegalCup", 240e-6, 0},
    {"UsOunce", US_GALLON / 128, 0},
    {"UsPint", US_GALLON / 8, 0},
    {"UsQuart", US_GALLON / 4, 0},
    {"UsTablespoon", US_GALLON / 256, 0},
    {"UsTeaspoon", US_GALLON / 768, 0},
};

static const Unit *find(const Unit *units, size_t n, Str name) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(name, str_of(units[i].name))) return &units[i];
    return NULL;
}

static void convert(const Unit *units, size_t n, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 3 || args[0].is_null) return;
    const Unit *from = find(units, n, args[1].u.s), *to = find(units, n, args[2].u.s);
    if (!from || !to) return;
    double value = arg_real(&args[0]);
    ret_real(ret,
             from == to ? value : (value * from->factor + from->offset - to->offset) / to->factor);
}

static void convert_angle(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 3 || args[0].is_null) return;
    static const Unit tilt = {"Tilt", 180 / PI, 0};
    bool from_tilt = str_eq(args[1].u.s, STR("Tilt")), to_tilt = str_eq(args[2].u.s, STR("Tilt"));
    const Unit *from = from_tilt ? &tilt : find(angles, COUNT_OF(angles), args[1].u.s);
    const Unit *to = to_tilt ? &tilt : find(angles, COUNT_OF(angles), args[2].u.s);
    if (!from || !to) return;
    double value = arg_real(&args[0]);
    if (from != to && from_tilt) value = asin(value);
    if (from != to) value = value * from->factor / to->factor;
    ret_real(ret, from != to && to_tilt ? sin(value) : value);
}

#define CONVERT(quantity, units)                                                                   \
    static void convert_##quantity(KernelCall *call, const Value *args, uint32_t n_args,           \
                                   Value *ret) {                                                   \
        (void)call;                                                                                \
        convert(units, COUNT_OF(units), args, n_args, ret);                                        \
    }                                                                                              \
    const Kernel kernel_convert_##quantity = {.fn = convert_##quantity};

CONVERT(energy, energies)
CONVERT(force, forces)
CONVERT(length, lengths)
CONVERT(mass, masses)
CONVERT(speed, speeds)
CONVERT(temperature, temperatures)
CONVERT(volume, volumes)
const Kernel kernel_convert_angle = {.fn = convert_angle};
