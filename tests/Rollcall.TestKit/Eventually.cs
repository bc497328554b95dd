using System.Runtime.CompilerServices;

namespace Rollcall.TestKit;

/// <summary>Waits that have a limit and name who waited.</summary>
public static class Eventually
{
    /// <summary>How long a wait for real threads and processes may take before the test fails.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The task's result, or a failure that names the caller when it takes longer than <see cref="Limit"/>.</summary>
    public static async Task<T> Within<T>(Task<T> task, [CallerMemberName] string caller = "", [CallerLineNumber] int line = 0)
    {
        await Within((Task)task, caller, line);
        return await task;
    }

    /// <summary>The task's end, or a failure that names the caller when it takes longer than <see cref="Limit"/>.</summary>
    public static Task Within(Task task, [CallerMemberName] string caller = "", [CallerLineNumber] int line = 0) => Within(task, Limit, caller, line);

    /// <summary>As above, for work that takes longer than <see cref="Limit"/> where the machine has much else to do, such as a compiler's.</summary>
    public static async Task Within(Task task, TimeSpan limit, [CallerMemberName] string caller = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(task);
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{caller} (line {line}) waited {limit.TotalSeconds:0} s in vain.", error);
        }
    }

    /// <summary>Polls until the condition holds; for what offers nothing to await, such as another process.</summary>
    public static Task True(Func<bool> condition, [CallerMemberName] string caller = "", [CallerLineNumber] int line = 0) =>
        True(() => Task.FromResult(condition()), caller, line);

    /// <summary>As above, for a condition that has to be asked for.</summary>
    public static async Task True(Func<Task<bool>> condition, [CallerMemberName] string caller = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"{caller} (line {line}): the condition did not hold within {Limit.TotalSeconds:0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
