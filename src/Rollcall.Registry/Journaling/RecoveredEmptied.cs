namespace Rollcall.Registry.Journaling;

/// <summary>Finds out, while a journal is replayed, which services lost their last instance, and when.</summary>
internal sealed class RecoveredEmptied
{
    // Of every service that lost an instance, the last one it lost; whether it has others is asked once, at the end.
    private readonly Dictionary<string, EmptiedService> _left = new(StringComparer.Ordinal);
    private long _forgotten;

    public void Clear()
    {
        _left.Clear();
        _forgotten = 0;
    }

    /// <summary>Begins from what a snapshot holds.</summary>
    public void Load(long forgotten, IEnumerable<EmptiedService> emptied)
    {
        _forgotten = forgotten;
        foreach (var service in emptied)
            _left[service.Service] = service;
    }

    /// <summary>An instance went.</summary>
    public void Left(Change change) => _left[change.Key.Service] = new EmptiedService(change.Key.Service, change.Revision, change.Time);

    /// <summary>What was up to a revision is not known: any service may have been emptied by it.</summary>
    public void Lost(long revision) => _forgotten = Math.Max(_forgotten, revision);

    /// <param name="instances">Every instance there is at the end.</param>
    public EmptiedServices Build(IEnumerable<Instance> instances)
    {
        foreach (var instance in instances)
        {
            if (_left.Count == 0)
                break;
            _left.Remove(instance.Registration.Service);
        }

        return new EmptiedServices(_forgotten, [.. _left.Values.OrderBy(static service => service.Revision)]);
    }
}
