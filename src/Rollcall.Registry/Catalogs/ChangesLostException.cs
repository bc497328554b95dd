namespace Rollcall.Registry.Catalogs;

/// <summary>A reader of changes fell so far behind that some are no longer held; it must start over from a snapshot.</summary>
public sealed class ChangesLostException : Exception
{
    /// <summary>Says that it must start over.</summary>
    public ChangesLostException()
        : base("The reader fell behind the changes that are held; start over from a snapshot.")
    {
    }
}
