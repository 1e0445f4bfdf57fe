"""A server that speaks as Gemini, OpenRouter and Groq do, thinks up its answers from what it is sent,
and fails in every way that real providers have been seen to fail."""
