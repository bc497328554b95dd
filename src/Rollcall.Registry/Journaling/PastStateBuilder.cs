namespace Rollcall.Registry.Journaling;

/// <summary>Builds the state at a moment by replaying changes, of one service or of all.</summary>
internal sealed class PastStateBuilder(string? service, long revision)
{
    private readonly Dictionary<InstanceKey, Instance> _instances = [];

    /// <summary>The last revision applied.</summary>
    public long Revision { get; private set; } = revision;

    public void Add(Instance instance)
    {
        if (Wants(instance.Registration.Service))
            _instances[instance.Key] = instance;
    }

    public void Apply(Change change)
    {
        Revision = change.Revision;
        if (!Wants(change.Key.Service))
            return;
        if (change.Instance is { } instance)
            _instances[change.Key] = instance;
        else
            _instances.Remove(change.Key);
    }

    public PastState Build() => new(Revision, [.. _instances.Values]);

    private bool Wants(string name) => service is null || string.Equals(service, name, StringComparison.Ordinal);
}
