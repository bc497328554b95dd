namespace Rollcall.Registry;

/// <summary>Kinds of change as the wire and the metrics spell them.</summary>
public static class ChangeKindText
{
    /// <summary>The spelling of <paramref name="kind"/>: <c>registered</c>, <c>updated</c>, <c>status</c>, <c>draining</c>, <c>expired</c>, <c>revived</c>, <c>deregistered</c>, <c>removed</c>.</summary>
    public static string Format(ChangeKind kind) => kind switch
    {
        ChangeKind.Registered => "registered",
        ChangeKind.Updated => "updated",
        ChangeKind.Status => "status",
        ChangeKind.Draining => "draining",
        ChangeKind.Expired => "expired",
        ChangeKind.Revived => "revived",
        ChangeKind.Deregistered => "deregistered",
        ChangeKind.Removed => "removed",
        _ => "unknown",
    };
}
