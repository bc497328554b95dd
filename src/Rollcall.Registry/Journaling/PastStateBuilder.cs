namespace Rollcall.Registry.Journaling;

/// <summary>Builds the state at a moment by replaying changes.</summary>
internal sealed class PastStateBuilder(long revision)
{
    private readonly Dictionary<InstanceKey, Instance> _instances = [];

    /// <summary>The last revision applied.</summary>
    public long Revision { get; private set; } = revision;

    public void Add(Instance instance) => _instances[instance.Key] = instance;

    /// <summary>Applies a change; null when it is of a service that is not asked for.</summary>
    public void Apply(long revision, Change? change)
    {
        Revision = revision;
        if (change?.Instance is { } instance)
            _instances[change.Key] = instance;
        else if (change is not null)
            _instances.Remove(change.Key);
    }

    public PastState Build() => new(Revision, [.. _instances.Values]);
}
