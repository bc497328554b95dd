using Rollcall.TestKit.Agents;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Programs;

namespace Rollcall.EndToEnd.Gossip;

/// <summary>A member of a mixed cluster, of either kind: a process on a host of its own.</summary>
internal abstract class ClusterNode(string name, TestHost host) : IAsyncDisposable
{
    public const int Port = 7946;

    public string Name { get; } = name;

    public TestHost Host { get; } = host;

    public string Address => $"{Host.Address}:{Port}";

    /// <summary>False once it was killed, has left, or is frozen: then nobody asks it.</summary>
    public bool IsUp { get; set; } = true;

    public abstract bool IsAgent { get; }

    /// <summary>What it wrote and when, oldest first.</summary>
    public abstract IEnumerable<ProgramLine> Lines { get; }

    /// <summary>What it says who is there; null while it does not answer.</summary>
    public abstract Task<IReadOnlyList<ListedMember>?> ListAsync();

    public abstract Task SetTagAsync(string key, string value);

    /// <summary>Tells it by its own command to go, and waits until its process has ended.</summary>
    public abstract Task LeaveAsync();

    /// <summary>One of its own commands about keys.</summary>
    public abstract Task<(int Code, string Output)> KeysAsync(KeyChange change, string? key = null);

    public abstract void Kill();

    public abstract void Freeze(bool frozen);

    public abstract ValueTask DisposeAsync();

    /// <summary>When it has first said this of a member since then; null while it has not.</summary>
    public long? When(Sight sight, string member, long since)
    {
        foreach (var line in Lines)
        {
            if (line.At >= since && Tells(line.Text, sight, member))
                return line.At;
        }

        return null;
    }

    /// <summary>How many lines since then tell of it, of whomever.</summary>
    public int Count(Sight sight, long since) => Lines.Count(line => line.At >= since && Tells(line.Text, sight, ""));

    /// <summary>Whether a line tells of it; of whomever, when no member is named.</summary>
    protected abstract bool Tells(string line, Sight sight, string member);

    /// <summary>Runs a command that must succeed.</summary>
    protected static async Task RunAsync(Task<(int Code, string Output)> command)
    {
        var (code, output) = await command;
        Assert.True(code == 0, output);
    }
}
