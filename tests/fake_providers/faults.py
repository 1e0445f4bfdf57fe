"""What a call may be told to do instead of answering well.

Posted to /control as JSON: {"provider": "gemini", "script": [fault, …], "always": fault or null}.
The script is used up, one fault per call (null: answer well); then `always` holds, for calls of its
`operation` (complete, stream, transcribe) if it names one.
"""

from dataclasses import dataclass, field

Fault = dict[str, object]
KINDS = {
    "status": "answers with `status`, a JSON error, `headers` if given, or `body` as it is",
    "model_gone": "says in its own way that there is no such model, or no more",
    "hang": "says nothing at all",
    "headers_then_silence": "sends the head of a 200, then nothing",
    "disconnect": "closes before a byte",
    "reset": "resets before a byte",
    "cut": "closes after `after` words, in the middle of the body",
    "reset_midway": "resets after `after` words",
    "silent_end": "ends cleanly after `after` words, without a finish reason",
    "silence_midway": "says nothing more after `after` words",
    "comments_midway": "sends only keep-alive comments, every `seconds`, after `after` words",
    "broken_chunk": "sends unreadable JSON after `after` words",
    "error_event": "sends an error event after `after` words",
    "html": "a web page with status 200",
    "broken_json": "unreadable JSON with status 200",
    "error_200": "an error object with status 200",
    "empty": "an empty body with status 200",
    "no_choices": "a reply without choices, or candidates",
    "no_text": "a reply whose text is empty",
    "length": "stops by length in the middle of the text, or before it (`empty`)",
    "safety": "stops by the safety filter (for Gemini by the `reason` given)",
    "prompt_blocked": "Gemini's way to refuse a prompt: a reply with a reason and no candidate",
    "stopped_early": "Groq's way to break off after `after` words: the next chunk says why",
    "endless": "repeats itself without end",
    "flood": "sends bytes without end, in one line, and compressed if `packed`",
    "slow": "waits `seconds` before it begins",
    "drip": "gives a little every `seconds`, so that no read ever waits for long",
    "stops_at": "says nothing more after the first `bytes` of its reply",
    "byte_by_byte": "after the first `bytes` of its reply gives one more every `seconds`",
    "finish_twice": "says twice that it is finished",
    "text_after_finish": "goes on after it said that it is finished",
    "prose": "wraps its answer in a code fence and pleasantries",
    "wrong_schema": "JSON of another form",
    "fabricate": "adds a quote that nobody said",
    "gullible": "obeys every order it finds in the data, or the `order` it is given",
    "other_language": "answers in another language than it was asked for, all of it or its `fields`",
    "repeats_prompt": "repeats its instructions",
}


@dataclass(slots=True)
class Script:
    """What one provider does next."""

    steps: list[Fault | None] = field(default_factory=list)
    always: Fault | None = None

    def next(self, operation: str) -> Fault | None:
        if self.steps:
            return self.steps.pop(0)
        if self.always and self.always.get("operation", operation) != operation:
            return None
        return self.always
