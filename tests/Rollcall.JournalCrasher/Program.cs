using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.JournalCrasher;
using Rollcall.Registry;
using Rollcall.Registry.Journaling;

// Usage: Rollcall.JournalCrasher DIRECTORY DURABILITY WRITERS
// Several writers hand in changes and wait for each; one loop appends what has come together and prints the last revision that is safe.
var durability = Enum.Parse<Durability>(args[1]);
await using var journal = await Journal.OpenAsync(CrashLoad.Options(args[0], durability), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

var state = journal.Recovered.Instances.ToDictionary(static instance => instance.Key);
var revision = journal.Recovered.Revision;
var queue = Channel.CreateUnbounded<TaskCompletionSource>();
var writers = Enumerable.Range(0, int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture)).Select(_ => WriteAsync()).ToArray();

using var output = Console.OpenStandardOutput();
var line = new byte[24];
var batch = new List<Change>();
var callers = new List<TaskCompletionSource>();
while (await queue.Reader.WaitToReadAsync())
{
    batch.Clear();
    callers.Clear();
    while (queue.Reader.TryRead(out var caller))
    {
        callers.Add(caller);
        batch.Add(CrashLoad.ChangeOf(revision + batch.Count + 1));
    }

    await journal.AppendAsync(batch, CancellationToken.None);
    revision += batch.Count;
    foreach (var change in batch)
        CrashLoad.Apply(state, change);
    revision.TryFormat(line, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
    line[length++] = (byte)'\n';
    output.Write(line, 0, length);
    if (journal.WantsSnapshot)
        await journal.WriteSnapshotAsync(revision, batch[^1].Time, [.. state.Values], EmptiedServices.None, CancellationToken.None);
    foreach (var caller in callers)
        caller.SetResult();
}

await Task.WhenAll(writers);

async Task WriteAsync()
{
    while (true)
    {
        var caller = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync(caller);
        await caller.Task;
    }
}
