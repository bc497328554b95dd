using System.Net;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests;

/// <summary>A disk that is really full.</summary>
public sealed class StorageTests
{
    private static readonly string Large =
        "{\"address\":\"h\",\"ports\":{\"http\":1},\"ttl\":\"1h\",\"metadata\":{\"filler\":\"" + new string('x', 8000) + "\"}}";

    [Fact]
    public async Task A_full_disk_refuses_writes_with_507_reads_go_on_and_it_recovers_by_itself()
    {
        using var directory = new TemporaryDirectory();
        await using var mount = await TmpfsMount.CreateAsync(directory.Path);
        var ballast = Path.Combine(directory.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[700 * 1024]);
        await using var node = await TestNode.StartAsync(options => options with
        {
            Registry = options.Registry with
            {
                Journal = options.Registry.Journal with { Durability = Durability.Fsync, Directory = Path.Combine(directory.Path, "data"), SegmentBytes = 64 * 1024 },
            },
        });
        var (written, refusal) = await FillAsync(node);
        Assert.Equal((507, "storage-full"), ((int)refusal.Status, refusal.Problem));
        Assert.Contains("Free space", refusal.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);

        // Reads, renewals and watches go on; the node says that it is not well.
        var service = await node.Client.GetServiceAsync("orders");
        Assert.Equal(written, service.Instances.Count);
        Assert.Equal("renewed", (await node.Client.RenewAsync([new("orders", "o-0")])).Results.Single().Result);
        Assert.Equal("storage-full", (await node.PutAsync("orders", "another", Large)).Problem);
        var ready = await node.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.Status);
        Assert.StartsWith("ready for reads, not for writes: The journal could not write", ready.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/healthz")).Status);
        var status = await node.Client.GetStatusAsync();
        Assert.False(status.Journal.Writable);
        Assert.NotNull(status.Journal.Problem);
        Assert.Contains("rollcall_journal_writable 0\n", (await node.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        Assert.Equal(service.Revision, (await node.Client.GetServiceAsync("orders")).Revision);

        File.Delete(ballast);
        // Nobody writes, and it is found out all the same.
        await Eventually.True(() => node.Registry.Journal.Problem is null);
        Assert.Equal("ready\n", (await node.GetAsync("/readyz")).Body);
        Assert.Contains("rollcall_journal_writable 1\n", (await node.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync("DELETE", "/api/services/orders/instances/o-0")).Status);
        Assert.Equal(written - 1, (await node.Client.GetServiceAsync("orders")).Instances.Count);
    }

    private static async Task<(int Written, Reply Refusal)> FillAsync(TestNode node)
    {
        for (var i = 0; i < 1000; i++)
        {
            var reply = await node.PutAsync("orders", $"o-{i}", Large);
            if (reply.Status != HttpStatusCode.Created)
                return (i, reply);
        }

        throw new InvalidOperationException("The disk did not become full.");
    }
}
