namespace Rollcall.Backend;

/// <summary>What an instance does with a request.</summary>
internal enum Answer
{
    Ok,
    Error,
    Slow,
    Hang,
}
