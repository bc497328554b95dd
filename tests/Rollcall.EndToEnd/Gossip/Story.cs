using System.Collections.Concurrent;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>A cluster and what happens in it, one case after the other. It goes on by itself, so that several clusters wait at the same time.</summary>
internal sealed class Story : IAsyncDisposable
{
    private readonly Dictionary<string, Task> _cases = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly Task<MixedCluster> _cluster;
    private readonly Task _end;

    /// <param name="start">Makes the cluster.</param>
    /// <param name="cases">What happens, by the name it is asked for. When one has failed, those after it fail with it.</param>
    public Story(Func<Task<MixedCluster>> start, params IReadOnlyList<(string Name, Func<MixedCluster, Story, Task> Happens)> cases)
    {
        _cluster = Task.Run(start);
        _end = _cluster;
        foreach (var (name, happens) in cases)
            _cases[name] = _end = AfterAsync(_end, happens);
    }

    /// <summary>What was measured.</summary>
    public IEnumerable<string> Notes => _notes;

    /// <summary>The end of a case.</summary>
    public Task this[string name] => _cases[name];

    /// <summary>The cluster when all has happened.</summary>
    public async Task<MixedCluster> EndAsync()
    {
        await _end;
        return await _cluster;
    }

    public void Note(string note) => _notes.Enqueue(note);

    public void Note(string what, TimeSpan took) => Note(FormattableString.Invariant($"{what}: {took.TotalSeconds:0.0} s"));

    public async ValueTask DisposeAsync()
    {
        try
        {
            await (await EndAsync()).DisposeAsync();
        }
        catch (Exception)
        {
            // Its case has said why. What there is of the cluster goes all the same.
            if (_cluster.IsCompletedSuccessfully)
                await (await _cluster).DisposeAsync();
        }
    }

    private async Task AfterAsync(Task before, Func<MixedCluster, Story, Task> happens)
    {
        await before;
        await happens(await _cluster, this);
    }
}
