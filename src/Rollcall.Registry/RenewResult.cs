namespace Rollcall.Registry;

/// <summary>What became of a renewal.</summary>
public enum RenewResult
{
    /// <summary>The lease runs anew.</summary>
    Renewed = 0,

    /// <summary>There is no such instance; register again.</summary>
    Unknown = 1,

    /// <summary>The secret is not the owner's.</summary>
    Forbidden = 2,
}
