using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using static Rollcall.Registry.Tests.Journaling.Sample;

namespace Rollcall.Registry.Tests.Journaling;

public sealed class AppendCostTests
{
    [Fact]
    public async Task Appending_allocates_nothing_once_it_has_begun()
    {
        using var directory = new TestDirectory();
        await using var journal = await OpenAsync(new JournalOptions { Directory = directory.Path, Durability = Durability.Interval });
        await journal.AppendAsync(RegisteredFrom(1, 64), TestContext.Current.CancellationToken);
        var next = 1;
        var allocated = Allocation.Of(
            () => Enumerable.Range(0, 50).Select(_ => RegisteredFrom((next++ * 64) + 1, 64)).ToArray(),
            batches =>
            {
                foreach (var batch in batches)
                {
                    var append = journal.AppendAsync(batch, CancellationToken.None);
                    Assert.True(append.IsCompletedSuccessfully);
                }
            });

        Assert.InRange(allocated, 0, 64); // none a change, none a batch
    }

    [Fact]
    public async Task A_flush_does_not_block_the_caller()
    {
        using var directory = new TestDirectory();
        var disk = new GatedDisk();
        await using var journal = await Journal.OpenAsync(
            new JournalOptions { Directory = directory.Path },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            disk,
            TestContext.Current.CancellationToken);
        disk.Gate.Reset();
        var append = journal.AppendAsync([Registered(1)], CancellationToken.None);
        Assert.False(append.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.AppendAsync([Registered(2)], CancellationToken.None));
        disk.Gate.Set();
        await append;
        await journal.AppendAsync([Registered(2)], CancellationToken.None);
    }

    /// <summary>A disk whose flushes wait for a gate.</summary>
    private sealed class GatedDisk : IDisk
    {
        private readonly Disk _disk = new();

        public ManualResetEventSlim Gate { get; } = new(initialState: true);

        public SafeFileHandle Create(string path) => _disk.Create(path);

        public SafeFileHandle Open(string path) => _disk.Open(path);

        public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => _disk.Write(file, bytes, offset);

        public ValueTask WriteAsync(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken) =>
            _disk.WriteAsync(file, bytes, offset, cancellationToken);

        public void Flush(SafeFileHandle file)
        {
            Gate.Wait();
            _disk.Flush(file);
        }

        public void SetLength(SafeFileHandle file, long length) => _disk.SetLength(file, length);

        public void Rename(string from, string to) => _disk.Rename(from, to);

        public void Delete(string path) => _disk.Delete(path);

        public void FlushDirectory(string directory) => _disk.FlushDirectory(directory);
    }
}
