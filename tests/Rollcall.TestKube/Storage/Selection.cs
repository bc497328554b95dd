using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Storage;

/// <summary>Which objects of a resource a list or watch is about.</summary>
/// <param name="Resource">In the version to answer in.</param>
/// <param name="Namespace">Null for all.</param>
/// <param name="Labels">What their labels must be.</param>
/// <param name="Fields">What their fields must be.</param>
internal sealed record Selection(ApiResource Resource, string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    public bool Fits(StoredObject? stored) =>
        stored is not null
        && (Namespace is null || stored.Namespace == Namespace)
        && Labels.Fits(stored.Labels)
        && Fields.Fits(stored.Body);

    /// <summary>The change as a watcher of this selection sees it; null when it is none of its business.</summary>
    public (StoreEventKind Kind, StoredObject Object)? Translate(StoreEvent change)
    {
        if (change.Object.Resource.QualifiedName != Resource.QualifiedName)
            return null;
        var (fits, fitted) = (change.Kind != StoreEventKind.Deleted && Fits(change.Object), Fits(change.Previous));
        return (fits, fitted) switch
        {
            (true, true) => (StoreEventKind.Modified, change.Object),
            (true, false) => (StoreEventKind.Added, change.Object),
            (false, true) => (StoreEventKind.Deleted, change.Kind == StoreEventKind.Deleted ? change.Object : change.Previous!.At(change.ResourceVersion)),
            (false, false) => null,
        };
    }
}
