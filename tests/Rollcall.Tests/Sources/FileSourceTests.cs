using Rollcall.Sources;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources;

public sealed class FileSourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly VirtualTime _time = new();
    private readonly FileSource _source;

    public FileSourceTests() => _source = new FileSource(time: _time, random: new Random(1));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_mistake_is_told_with_file_line_and_column_and_what_was_known_stays()
    {
        var path = _directory.Replace("services.yaml", "orders:\n  - a:80\n  - b:80\n");
        await using var watch = new WatchRecorder(_source, Target(path));
        await UntilAsync(() => watch.Last is not null);

        _directory.Replace("services.yaml", "orders:\n  - a:80\n  - b:eighty\n");
        await UntilAsync(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);

        Assert.Equal($"{path}(3,5): 'eighty' is no port: a number from 1 to 65535.", watch.Last!.Freshness.Reason);
        Assert.Equal(2, watch.Last.Endpoints.Length);
    }

    [Fact]
    public async Task A_file_that_is_deleted_leaves_what_was_known_until_it_is_back()
    {
        var path = _directory.Replace("services.yaml", "orders: [a:80]");
        await using var watch = new WatchRecorder(_source, Target(path));
        await UntilAsync(() => watch.Last is not null);

        File.Delete(path);
        await UntilAsync(() => watch.Last!.Freshness.Kind == FreshnessKind.Stale);
        Assert.Contains("does not exist", watch.Last!.Freshness.Reason, StringComparison.Ordinal);
        Assert.Equal("a:80", Assert.Single(watch.Last.Endpoints).Id);

        _directory.Replace("services.yaml", "orders: [a:80]");
        await UntilAsync(() => watch.Last.Freshness.IsLive);
        Assert.Equal(3, watch.Seen.Length);
    }

    [Fact]
    public async Task A_file_that_comes_late_is_found_although_its_directory_did_not_exist()
    {
        var path = _directory.PathOf("later/services.yaml");
        await using var watch = new WatchRecorder(_source, Target(path));
        _time.Advance(TimeSpan.FromSeconds(5));

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _directory.Replace("later/services.yaml", "orders: [a:80]");

        await UntilAsync(() => watch.Last is not null);
        Assert.Single(watch.Seen);
    }

    /// <summary>As Kubernetes publishes a ConfigMap: the file is a link into "..data", which is a link that is renamed over.</summary>
    [Fact]
    public async Task A_configmap_that_is_swapped_is_read_anew()
    {
        void Publish(string version, string content)
        {
            Directory.CreateDirectory(_directory.PathOf(version));
            File.WriteAllText(_directory.PathOf($"{version}/services.yaml"), content);
            Directory.CreateSymbolicLink(_directory.PathOf("..data_tmp"), version);
            // Renaming a link over a link is what makes the swap atomic; .NET has no call for it that takes directories.
            using var move = System.Diagnostics.Process.Start("mv", ["-T", _directory.PathOf("..data_tmp"), _directory.PathOf("..data")]);
            move.WaitForExit();
        }

        Publish("..v1", "orders: [a:80]");
        File.CreateSymbolicLink(_directory.PathOf("services.yaml"), "..data/services.yaml");
        await using var watch = new WatchRecorder(_source, Target(_directory.PathOf("services.yaml")));
        await UntilAsync(() => watch.Last is not null);

        Publish("..v2", "orders: [a:80, b:80]");

        await UntilAsync(() => watch.Last!.Endpoints.Length == 2);
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
    }

    [Fact]
    public async Task A_file_written_in_place_is_read_anew()
    {
        var path = _directory.Replace("services.yaml", "orders: [a:80]");
        await using var watch = new WatchRecorder(_source, Target(path));
        await UntilAsync(() => watch.Last is not null);

        await File.WriteAllTextAsync(path, "orders: [b:80]");

        await UntilAsync(() => watch.Last!.Endpoints is [{ Id: "b:80" }] && watch.Last.Freshness.IsLive);
    }

    [Fact]
    public async Task Changes_to_other_files_are_no_reason_to_read()
    {
        using var own = new FileChanges(_directory.Replace("services.yaml", "orders: [a:80]"), new FileSourceOptions(), _time);
        using var others = new FileChanges(_directory.PathOf("other.yaml"), new FileSourceOptions(), _time);
        var (touched, told) = (own.Touched, others.Touched);

        _directory.Replace("other.yaml", "orders: [b:80]");

        await Eventually.Within(told);
        Assert.False(touched.IsCompleted);
        _directory.Replace("services.yaml", "orders: [b:80]");
        await Eventually.Within(touched);
    }

    [Theory]
    [InlineData("services.json", "{\"orders\":[\"a:80\"]}")]
    [InlineData("services.yaml", "{\"orders\":[\"a:80\"]}")]
    [InlineData("services.json", "\ufeff{\"orders\":[\"a:80\"]}")]
    [InlineData("services.yaml", "\ufefforders: [a:80]")]
    [InlineData("my services.yml", "orders: [a:80]")]
    public async Task Names_and_encodings(string name, string content)
    {
        var path = _directory.Replace(name, content);

        var set = await _source.DiscoverAsync(Target(path.Replace(" ", "%20", StringComparison.Ordinal)), CancellationToken.None);

        Assert.Equal("a:80", Assert.Single(set.Endpoints).Id);
    }

    [Fact]
    public async Task A_relative_path_is_below_the_working_directory()
    {
        var path = _directory.Replace("services.yaml", "[a:80]");
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);

        var set = await _source.DiscoverAsync(ServiceTarget.Parse("file://./" + relative), CancellationToken.None);

        Assert.Equal("a:80", Assert.Single(set.Endpoints).Id);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("orders: [", "services.yaml(1,")]
    [InlineData("orders: &a [a:80]", "anchors")]
    public async Task What_cannot_be_read_is_a_discovery_exception_that_says_why(string content, string problem)
    {
        var path = _directory.Replace("services.yaml", content);

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => _source.DiscoverAsync(Target(path), CancellationToken.None).AsTask());

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_up_to_1_MiB_are_read_and_larger_ones_refused()
    {
        var path = _directory.PathOf("services.yaml");
        var most = "orders: [a:80] #" + new string('x', (1024 * 1024) - 16);
        Assert.Equal(1024 * 1024, most.Length);
        await File.WriteAllTextAsync(path, most);
        Assert.Single((await _source.DiscoverAsync(Target(path), CancellationToken.None)).Endpoints);

        await File.WriteAllTextAsync(path, most + "x");
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => _source.DiscoverAsync(Target(path), CancellationToken.None).AsTask());
        Assert.Contains("larger than 1048576 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        var path = _directory.PathOf("services.yaml");
        await File.WriteAllBytesAsync(path, [(byte)'a', 0xFF, 0xFE]);

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => _source.DiscoverAsync(Target(path), CancellationToken.None).AsTask());

        Assert.Contains("no UTF-8 text (byte 1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_no_file()
    {
        var error = await Assert.ThrowsAsync<DiscoveryException>(() => _source.DiscoverAsync(Target(_directory.Root), CancellationToken.None).AsTask());

        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
    }

    private static ServiceTarget Target(string path) => ServiceTarget.Parse($"file://{path}#orders");

    private Task UntilAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerMemberName] string caller = "") =>
        _time.AdvanceUntilAsync(condition, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(2), caller);
}
