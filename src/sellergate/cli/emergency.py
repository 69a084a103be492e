"""The kill switch from the command line: off first, questions later."""

from collections.abc import Callable

from sellergate.cli.opening import CommandError
from sellergate.cli.output import note
from sellergate.domain.errors import InvalidStatus, SellergateError
from sellergate.settings import ConfigurationError, Settings, load_settings


def kill_switch_present(settings: Settings) -> bool:
    """Whether the kill-switch file exists, as far as this process can see."""
    file = settings.gate.kill_switch_file
    return file is not None and file.exists()


def switch_off(roll_back: Callable[[], None]) -> None:
    """Create the kill-switch file, then set the phase by `roll_back`, and say how the switch is lifted.

    Raises ConfigurationError when no file is configured, and CommandError when the phase could not be set: the gates are
    off all the same.
    """
    file = load_settings().gate.kill_switch_file
    if file is None:
        allowed = "--emergency needs a path: the file that every process looks at"
        raise ConfigurationError("SELLERGATE_KILL_SWITCH_FILE", "", allowed)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError as error:
        note(f"The kill switch {file} cannot be created: {error.strerror}. Setting the phase instead.")
        roll_back()
        raise CommandError("The phase is off, but the kill switch could not be created.") from error
    note(f"Kill switch on: {file}. Every gate that looks at this file is off within a second.")
    try:
        roll_back()
    except InvalidStatus as pinned:
        note(f"The phase stays as it is: {pinned}")
    except (ConfigurationError, SellergateError) as error:
        raise CommandError(f"The kill switch is on, but the phase could not be set: {error}") from error
    finally:
        note(f"To lift it, once the cause is found and the phase is right: rm {file}")
