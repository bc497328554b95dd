using System.Reflection;
using Rollcall.Node.Configuration;
using Rollcall.Node.Imports;
using Rollcall.Node.Live;
using Rollcall.Registry.Engine;
using Rollcall.Registry.Journaling;

namespace Rollcall.Node.Tests.Configuration;

public sealed class NodeConfigurationTests
{
    private const string Everything =
        """
        urls:
          - http://127.0.0.1:7655
          - http://[::1]:7655
        allowAnyone: true
        data: /var/lib/rollcall
        durability: interval
        history:
          age: 12h
          bytes: 1GiB
        journal: { segmentBytes: 8MiB, snapshotAfterBytes: 32MiB }
        leases:
          removeExpiredAfter: 5m
        guard:
          share: 0.5
          minLeases: 10
          window: 20s
        checks:
          concurrent: 32
        limits:
          services: 100
          instancesPerService: 200
          writeQueue: 300
          waitingRequests: 400
        callers: { quorum: 0.5, minCallers: 4, maxShare: 0.3, retryAfter: 1m }
        watch:
          defaultWait: 10s   # comments are fine
          maxWait: 1m
        health:
          weights: { readiness: 1, application: 2, quality: 3, callers: 4 }
        imports:
          payments: consul:///payments
          orders: { target: k8s:///shop/orders, fallback: /etc/orders.yaml, fallbackAfter: 3s, metadata: /etc/names.yaml }
        """;

    [Fact]
    public void Every_key_is_read()
    {
        var options = Load(Everything);
        Assert.Equal(
            [
                new ImportOptions("payments", "consul:///payments"),
                new ImportOptions("orders", "k8s:///shop/orders") { Fallback = "/etc/orders.yaml", FallbackAfter = TimeSpan.FromSeconds(3), Metadata = "/etc/names.yaml" },
            ],
            options.Imports);
        Assert.Equal(["http://127.0.0.1:7655", "http://[::1]:7655"], options.Urls);
        Assert.Equal(
            new NodeOptions
            {
                Urls = options.Urls,
                Imports = options.Imports,
                HealthWeights = new HealthWeights { Readiness = 1, Application = 2, Quality = 3, Callers = 4 },
                AllowAnyone = true,
                MaxWaitingRequests = 400,
                Callers = new CallerOptions { Quorum = 0.5, MinCallers = 4, MaxShare = 0.3, RetryAfter = TimeSpan.FromMinutes(1) },
                DefaultWait = TimeSpan.FromSeconds(10),
                MaxWait = TimeSpan.FromMinutes(1),
                Registry = new RegistryOptions
                {
                    RemoveExpiredAfter = TimeSpan.FromMinutes(5),
                    GuardShare = 0.5,
                    GuardMinLeases = 10,
                    GuardWindow = TimeSpan.FromSeconds(20),
                    MaxConcurrentChecks = 32,
                    MaxServices = 100,
                    MaxInstancesPerService = 200,
                    WriteQueue = 300,
                    Journal = new JournalOptions
                    {
                        Directory = "/var/lib/rollcall",
                        Durability = Durability.Interval,
                        HistoryAge = TimeSpan.FromHours(12),
                        HistoryBytes = 1L << 30,
                        SegmentBytes = 8L << 20,
                        SnapshotAfterBytes = 32L << 20,
                    },
                },
            },
            options);
    }

    [Theory]
    [InlineData("imports: { orders: { target: 'dns:///a', fallbck: x } }", "unknown key imports.orders.fallbck; an import has target, fallback, fallbackAfter and metadata")]
    [InlineData("imports: { orders: { fallbackAfter: soon } }", "imports.orders.fallbackAfter must be a duration, such as 2s")]
    [InlineData("imports: { orders: [a, b] }", "imports.orders must be a target, or a mapping with target, fallback, fallbackAfter and metadata")]
    public void A_wrong_import_is_refused_with_its_line(string text, string expected) =>
        Assert.Contains($"line 1: {expected}", Assert.Throws<NodeConfigurationException>(() => Load(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_sample_above_and_the_documentation_name_every_key_and_every_option_has_one()
    {
        var documented = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        Assert.All(Setting.All.Keys, key => Assert.Contains($"| `{key}` |", documented, StringComparison.Ordinal));
        var options = new[] { typeof(NodeOptions), typeof(HealthWeights), typeof(CallerOptions), typeof(RegistryOptions), typeof(JournalOptions) }
            .SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Count(static property => property.DeclaringType == typeof(HealthWeights) || property.Name is not (nameof(NodeOptions.Registry) or nameof(NodeOptions.Imports) or nameof(NodeOptions.HealthWeights) or nameof(NodeOptions.Callers) or nameof(RegistryOptions.Journal)));
        Assert.Equal(options, Setting.All.Count);
    }

    [Fact]
    public void JSON_is_YAML() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Load("""{"watch":{"defaultWait":"7s"},"urls":"http://127.0.0.1:1","data":null}""").DefaultWait);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("data:\nguard:\n  share: ~\n")]
    [InlineData("---\n")]
    public void What_is_not_named_stays_at_its_default(string text) => Assert.Equal(new NodeOptions().Registry, Load(text).Registry);

    [Theory]
    [InlineData("dat: x", "line 1: unknown key dat; there are urls, allowAnyone, data")]
    [InlineData("guard:\n  shares: 0.5", "line 2: unknown key guard.shares; guard has share, minLeases, window")]
    [InlineData("guard: 0.5", "line 1: unknown key guard; guard has share, minLeases, window")]
    [InlineData("data: a\ndata: b", "line 2: data occurs twice")]
    [InlineData("durability: often", "line 1: durability must be fsync, interval or memory, got 'often'")]
    [InlineData("urls: 127.0.0.1:7655", "urls must be one URL or a list of them, such as http://127.0.0.1:7655, got '127.0.0.1:7655'")]
    [InlineData("urls: []", "got a list of 0")]
    [InlineData("urls: [https://127.0.0.1:1]", "got 'https://127.0.0.1:1'")]
    [InlineData("data: [a, b]", "data must be a directory, got a list of 2")]
    [InlineData("allowAnyone: maybe", "allowAnyone must be true or false, got 'maybe'")]
    [InlineData("history: { age: 10s }", "history.age must be a duration from 1m to 3650d, such as 30s, got '10s'")]
    [InlineData("history: { bytes: many }", "history.bytes must be a size from 0B to 1024TiB, such as 256MB or 16MiB, got 'many'")]
    [InlineData("guard: { share: 1.5 }", "guard.share must be a share above 0, at most 1, such as 0.33, got '1.5'")]
    [InlineData("limits: { services: 0 }", "limits.services must be a whole number from 1 to 1000000, got '0'")]
    [InlineData("watch: { defaultWait: 6m }", "watch.defaultWait (6m) must not exceed watch.maxWait (5m)")]
    [InlineData("data: \"\\x1b[2J\"\nx: 1", "unknown key x")]
    [InlineData("- a\n- b", "must be a mapping")]
    [InlineData("a: [[1]]", "A list must hold plain values")]
    [InlineData("a: [1", "line 2, column 1")]
    [InlineData("{\"a\":", "line 2, column 1")]
    [InlineData("a: *b", "line 1")]
    public void A_mistake_is_refused_naming_file_place_and_what_is_allowed(string text, string expected)
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("node.yaml", text);
        var error = Assert.Throws<NodeConfigurationException>(() => NodeConfiguration.Load(file));
        Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        using var directory = new TemporaryDirectory();
        var error = Assert.Throws<NodeConfigurationException>(() => NodeConfiguration.Load(directory.Write("node.yaml", "durability: x\nnope: 1\nlimits:\n  services: -1\n")));
        Assert.Equal(3, error.Message.Split("line ").Length - 1);
    }

    [Fact]
    public void A_file_that_cannot_be_read_says_why()
    {
        using var directory = new TemporaryDirectory();
        foreach (var file in new[] { Path.Combine(directory.Path, "missing.yaml"), directory.Path })
            Assert.StartsWith($"{file} cannot be read: ", Assert.Throws<NodeConfigurationException>(() => NodeConfiguration.Load(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("64KiB", 65536)]
    [InlineData("64 KB", 64000)]
    [InlineData("256MB", 256000000)]
    [InlineData("1TiB", 1L << 40)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteText.TryParse(text, out var read));
        Assert.Equal(bytes, read);
        Assert.True(ByteText.TryParse(ByteText.Format(bytes), out var again));
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("-1")]
    [InlineData("1.5GB")]
    [InlineData("9999999TiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteText.TryParse(text, out _));

    private static NodeOptions Load(string text)
    {
        using var directory = new TemporaryDirectory();
        return NodeConfiguration.Load(directory.Write("node.yaml", text));
    }
}
