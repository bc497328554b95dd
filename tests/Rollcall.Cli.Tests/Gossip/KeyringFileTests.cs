using System.Diagnostics;
using Rollcall.Cli.Gossip;
using Rollcall.Gossip;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Gossip;

public sealed class KeyringFileTests : IDisposable
{
    private const string First = "Gb5tFbK1oCdYWlxMLBsgy9o9mgB2lYG5RxDeqzQYmaI=";
    private const string Second = "T9jncgl9mbLus+baTTa7q7nPSUrXwbDi2dhbtqir37s=";
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-keyring-").FullName;

    private string File => Path.Combine(_directory, "keyring.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_first_key_is_the_one_that_encrypts()
    {
        System.IO.File.WriteAllText(File, $"[\n  \"{Second}\",\"{First}\"\n]");
        Assert.Equal([Second, First], new KeyringFile(File).Load().Keys.Select(static key => key.ToBase64()));
    }

    [Theory]
    [InlineData("", "it is no JSON array of texts")]
    [InlineData("{}", "it is no JSON array of texts")]
    [InlineData("null", "it is no JSON array of texts")]
    [InlineData("[1]", "it is no JSON array of texts")]
    [InlineData("[]", "there is no key in it")]
    [InlineData("[\"c2VjcmV0\"]", "entry 1 is no key, which is 16, 24 or 32 bytes in base64")]
    [InlineData($"[\"{First}\", null]", "entry 2 is no key, which is 16, 24 or 32 bytes in base64")]
    [InlineData($"[\"{First}\", \"{Second}", "it is no JSON array of texts")]
    public void What_is_no_keyring_is_told_without_a_word_of_it(string content, string reason)
    {
        System.IO.File.WriteAllText(File, content);
        var error = Assert.Throws<CliException>(() => new KeyringFile(File).Load());
        Assert.Equal($"the keyring {File} cannot be used: {reason}.", error.Message);
        Assert.Equal("A keyring is a JSON array of keys in base64, the one that encrypts first: [\"…\", \"…\"].", error.Advice);
        Assert.Equal(2, error.ExitCode);
    }

    [Fact]
    public void A_file_that_is_far_too_long_is_not_read()
    {
        System.IO.File.WriteAllText(File, new string(' ', 70_000));
        Assert.Contains("it has 70000 bytes, more than any keyring", Assert.Throws<CliException>(() => new KeyringFile(File).Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_kept_is_read_again_and_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        System.IO.File.WriteAllText(File, $"[\"{First}\"]");
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var file = new KeyringFile(File);
        Assert.True(file.IsOpenToOthers);
        file.Save(new([.. Keys(Second, First)]));
        Assert.False(file.IsOpenToOthers);
        Assert.Equal($"[\n  \"{Second}\",\n  \"{First}\"\n]\n", System.IO.File.ReadAllText(File));
        Assert.Equal([Second, First], file.Load().Keys.Select(static key => key.ToBase64()));
        Assert.Equal([File], Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Whoever_else_could_read_it_by_its_group_can_go_on()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving a file away takes root");
        await System.IO.File.WriteAllTextAsync(File, $"[\"{First}\"]");
        using var chown = Process.Start("chown", ["54320:54321", File]);
        await Eventually.Within(chown.WaitForExitAsync());
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.True(new KeyringFile(File).Save(new([.. Keys(Second)])));
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%u:%g %a", File]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.Equal("54320:54321 640\n", await stat.StandardOutput.ReadToEndAsync());
        Assert.Equal([Second], new KeyringFile(File).Load().Keys.Select(static key => key.ToBase64()));
    }

    [Fact]
    public async Task A_full_disk_leaves_it_as_it_was()
    {
        await using var disk = await TmpfsMount.CreateAsync(_directory);
        await System.IO.File.WriteAllTextAsync(File, $"[\"{First}\"]");
        var rest = Path.Combine(_directory, "rest");
        await Assert.ThrowsAnyAsync<IOException>(() => System.IO.File.WriteAllBytesAsync(rest, new byte[2 * 1024 * 1024]));
        var error = Assert.Throws<IOException>(() => new KeyringFile(File).Save(new([.. Keys(Second)])));
        Assert.StartsWith("the keyring file could not be written, so the next start has the old keys: ", error.Message, StringComparison.Ordinal);
        Assert.Equal($"[\"{First}\"]", await System.IO.File.ReadAllTextAsync(File));
        Assert.Equal([File, rest], Directory.GetFiles(_directory).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_link_stays_one_and_what_it_leads_to_is_kept()
    {
        if (OperatingSystem.IsWindows())
            return;
        var real = Directory.CreateDirectory(Path.Combine(_directory, "real")).FullName;
        System.IO.File.WriteAllText(Path.Combine(real, "keys"), $"[\"{First}\"]");
        System.IO.File.CreateSymbolicLink(Path.Combine(_directory, "between"), "real/keys");
        System.IO.File.CreateSymbolicLink(File, "between");
        new KeyringFile(File).Save(new([.. Keys(Second)]));
        Assert.Equal("between", new FileInfo(File).LinkTarget);
        Assert.Equal([Path.Combine(real, "keys")], Directory.GetFiles(real));
        Assert.Equal([Second], new KeyringFile(Path.Combine(real, "keys")).Load().Keys.Select(static key => key.ToBase64()));
    }

    [Fact]
    public void A_file_that_is_as_it_should_be_is_not_written()
    {
        var before = $"[\"{First}\",\"{Second}\"]";
        System.IO.File.WriteAllText(File, before);
        Assert.False(new KeyringFile(File).Save(new([.. Keys(First, Second)])));
        Assert.Equal(before, System.IO.File.ReadAllText(File));
        Assert.True(new KeyringFile(File).Save(new([.. Keys(Second, First)])));
    }

    [Fact]
    public async Task Two_that_write_one_file_at_once_do_not_disturb_each_other()
    {
        System.IO.File.WriteAllText(File, "[]");
        GossipKeyring[] rings = [new([.. Keys(First)]), new([.. Keys(Second)]), new([.. Keys(First, Second)])];
        await Task.WhenAll(rings.Select(ring => Task.Run(() =>
        {
            var file = new KeyringFile(File); // with a lock of its own, as in a process of its own
            for (var i = 0; i < 100; i++)
            {
                file.Save(ring);
                Assert.NotEmpty(file.Load().Keys);
            }
        })));
        Assert.Equal([File], Directory.GetFiles(_directory));
    }

    private static IEnumerable<GossipKey> Keys(params string[] texts)
    {
        foreach (var text in texts)
        {
            Assert.True(GossipKey.TryParse(text, out var key));
            yield return key;
        }
    }
}
