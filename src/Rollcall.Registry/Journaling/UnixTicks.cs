namespace Rollcall.Registry.Journaling;

/// <summary>Times on disk: 100 ns since 1970-01-01T00:00:00Z.</summary>
internal static class UnixTicks
{
    private static readonly long Min = DateTimeOffset.MinValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
    private static readonly long Max = DateTimeOffset.MaxValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;

    public static long From(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;

    public static bool TryParse(long ticks, out DateTimeOffset time)
    {
        var valid = ticks >= Min && ticks <= Max;
        time = valid ? new DateTimeOffset(ticks + DateTimeOffset.UnixEpoch.UtcTicks, TimeSpan.Zero) : default;
        return valid;
    }
}
