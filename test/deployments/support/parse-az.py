"""Reads one command of az in each line of JSON, as a list of its arguments, and prints what az's own parser says of it.

Each line of the output is `ok`, or the error. No command is executed, and nothing is sent.
"""

import contextlib
import io
import json
import sys

import knack.prompting
from azure.cli.core import get_default_cli
from azure.cli.core.commands import AzCliCommandInvoker


class Parsed(BaseException):
    """Raised after a command has been parsed, and before its arguments are checked against the cloud."""


def stop(*_arguments):
    raise Parsed()


def parse(cli, arguments):
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            invocation = cli.invocation_cls(
                cli_ctx=cli,
                parser_cls=cli.parser_cls,
                commands_loader_cls=cli.commands_loader_cls,
                help_cls=cli.help_cls,
            )
            cli.invocation = invocation
            invocation.execute(arguments)
    except Parsed:
        return "ok"
    except BaseException as error:  # argparse ends with SystemExit
        text = errors.getvalue().strip().splitlines()
        return text[0] if text else f"{type(error).__name__}: {error}"
    return "the command was executed instead of parsed"


AzCliCommandInvoker._validation = stop
# A command that asks for a confirmation has been parsed as well.
knack.prompting.verify_is_a_tty = stop
for line in sys.stdin:
    print(parse(get_default_cli(), json.loads(line)), flush=True)
