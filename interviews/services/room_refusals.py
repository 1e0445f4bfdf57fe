"""Why something cannot be done in a room. `code` is for programs, `message` for the person who asked."""


class RoomRefusal(Exception):
    """Nothing was changed; the sender is told why and the socket stays open."""

    code = "refused"
    message = "This cannot be done now."

    def __init__(self, message: str = "") -> None:
        super().__init__(self.code)
        self.message = message or self.message


class NotNow(RoomRefusal):
    """The interview is not in a state that allows it."""

    code = "wrong_state"


class NotYours(RoomRefusal):
    """This participant may not do it in any state."""

    code = "not_allowed"
    message = "You cannot do this here."


class TooLate(RoomRefusal):
    """The interview is over, and so is the time in which late words are kept."""

    code = "interview_over"
    message = "The interview is over."


class SegmentIdTaken(RoomRefusal):
    """Somebody else's segment has this id."""

    code = "seg_id_taken"
    message = "This segment id belongs to somebody else: use another."


class StillUnheard(RoomRefusal):
    """Speech that failed before was sent once more, and again no provider could write it down."""

    code = "still_unheard"
    message = "This could still not be written down. Type it, or try again later."


class NoSuchSegment(RoomRefusal):
    code = "no_such_segment"
    message = "There is no such segment of yours."


class RightsChanged(RoomRefusal):
    """Somebody's rights changed since this participant was let in: check them before anything else."""

    code = "rights_changed"
    message = "Your access changed. Try again."
