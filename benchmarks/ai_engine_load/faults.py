"""What the fake providers are told to do, the same for the engine and for its peers."""

Fault = dict[str, object]

FAST_FAULTS: dict[str, Fault | None] = {
    "5xx": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429},
    "cut": {"kind": "disconnect"},
    "refused": None,  # nobody listens at the address
}
OUTAGES: dict[str, Fault] = {
    "dead": {"kind": "disconnect"},
    "cut in mid-stream": {"kind": "cut", "after": 9},
    "hanging": {"kind": "hang"},
}
MIDSTREAM_FAULTS: list[Fault] = [
    {"kind": kind, "after": 9} for kind in ("cut", "silent_end", "reset_midway", "error_event")
]
DEADLINE_FAULTS: list[Fault] = [
    {"kind": "hang"},
    {"kind": "headers_then_silence"},
    {"kind": "slow", "seconds": 5},
    {"kind": "drip", "seconds": 0.15},
    {"kind": "silence_midway", "after": 2},
    {"kind": "comments_midway", "after": 2},
    {"kind": "endless"},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 429, "headers": {"retry-after": "3"}},
    {"kind": "status", "status": 401},
    {"kind": "disconnect"},
    {"kind": "reset"},
    {"kind": "html"},
    {"kind": "broken_json"},
    {"kind": "error_200"},
    {"kind": "empty"},
    {"kind": "no_choices"},
    {"kind": "no_text"},
    {"kind": "safety"},
    {"kind": "length"},
    {"kind": "broken_chunk", "after": 2},
    *MIDSTREAM_FAULTS,
]
