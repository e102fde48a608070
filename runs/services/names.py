"""Names made up for runs and models that came without one: adjective-noun-number."""

import secrets

ADJECTIVES = (
    "able amber bold brave brisk bright calm clean clear clever cosy crisp dapper deep eager fair fancy fast fond "
    "fresh gentle glad golden grand handy happy hardy honest keen kind lively loyal lucid lucky mellow merry mild "
    "modest neat nimble noble open patient placid plucky polite proud quick quiet rapid ready robust rosy royal "
    "serene sharp shiny silent silver sleek smart smooth snug solid spry steady still stout sunny swift tall tidy "
    "tough trusty vivid warm wide wise witty zesty"
).split()
NOUNS = (
    "ant ape auk bat bear bee boar bream carp cat cod colt conch crab crane crow cub deer dove duck eagle eel elk "
    "fawn finch fish fox frog goat goose grouse gull hare hawk hen heron hound ibex jay kite koala lamb lark lion "
    "loon lynx mink mole moose moth mouse mule newt otter owl ox panda perch pika pony quail ram rat raven rook seal "
    "shark sheep shrew shrimp skunk sloth snail snipe sparrow squid stag stork swan tern toad trout turtle vole wasp "
    "whale wolf wren yak zebra"
).split()


def random_name() -> str:
    return f"{secrets.choice(ADJECTIVES)}-{secrets.choice(NOUNS)}-{secrets.randbelow(1000)}"
