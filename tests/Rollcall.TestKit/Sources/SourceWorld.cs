using Xunit;

namespace Rollcall.TestKit.Sources;

/// <summary>
/// What the conformance suite plays with: a source and the world it looks at. A world that cannot do something says so, and the laws
/// that need it are skipped with that reason.
/// </summary>
public abstract class SourceWorld : IAsyncDisposable
{
    /// <summary>The source under test.</summary>
    public abstract IDiscoverySource Source { get; }

    /// <summary>What to watch; asked for after the first <see cref="SetAsync"/> or <see cref="RemoveAsync"/>.</summary>
    public abstract ServiceTarget Target { get; }

    /// <summary>The source's clock.</summary>
    public virtual TimeProvider Time { get; } = new VirtualTime();

    /// <summary>Targets of this scheme that are wrong.</summary>
    public abstract IReadOnlyList<string> MalformedTargets { get; }

    /// <summary>Why the state cannot change; null when it can.</summary>
    public virtual string? CannotChange => null;

    /// <summary>Why the source cannot break; null when it can.</summary>
    public virtual string? CannotBreak => null;

    /// <summary>Why an endpoint cannot be other than ready; null when it can.</summary>
    public virtual string? CannotFlag => null;

    /// <summary>False when the system knows ready and not ready, but no draining.</summary>
    public virtual bool KnowsDraining => true;

    /// <summary>False when <see cref="SetAsync"/> takes several steps, each of which is a state that a watch may see.</summary>
    public virtual bool SetsAtOnce => true;

    /// <summary>Connections, files or the like that are open for the source now.</summary>
    public virtual int OpenResources => 0;

    /// <summary>The service now has exactly these endpoints (id, host, port named http, and state count).</summary>
    public abstract Task SetAsync(params IReadOnlyList<Endpoint> endpoints);

    /// <summary>The service does not exist now.</summary>
    public virtual Task RemoveAsync() => throw new NotSupportedException();

    /// <summary>The source cannot be read now.</summary>
    public virtual Task BreakAsync() => throw new NotSupportedException();

    /// <summary>Ends <see cref="BreakAsync"/>.</summary>
    public virtual Task HealAsync() => throw new NotSupportedException();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until the condition holds, letting the source's clock run.</summary>
    public Task UntilAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerMemberName] string caller = "") =>
        Time is VirtualTime time
            ? time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(2), caller)
            : Eventually.True(condition, caller);

    /// <summary>Lets the source's clock run for a while in which nothing should happen: long when it is virtual, short when it is real.</summary>
    public async Task LetTimePassAsync()
    {
        if (Time is not VirtualTime time)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            return;
        }

        var end = time.GetUtcNow() + TimeSpan.FromSeconds(8);
        await time.AdvanceUntilAsync(() => time.GetUtcNow() >= end, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(9));
    }

    internal static void SkipIf(string? reason) => Assert.SkipWhen(reason is not null, reason ?? "");
}
