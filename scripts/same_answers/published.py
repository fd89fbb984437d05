"""Published queries over made-up records of the tables that they name."""
def make(*_):
    raise NotImplementedError
def is_excused(question, what, rules):
    return False
