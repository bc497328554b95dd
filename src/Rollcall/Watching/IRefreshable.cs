namespace Rollcall.Watching;

/// <summary>A source that looks from time to time rather than being told, and can be asked to look sooner.</summary>
public interface IRefreshable
{
    /// <summary>
    /// There is reason to think that what was said of <paramref name="target"/> is out of date, such as an endpoint that could not be reached. A hint: the source
    /// limits how often it follows it, and ignores it for a target that nobody watches. Never blocks, never throws. Thread-safe.
    /// </summary>
    void Refresh(ServiceTarget target);
}
