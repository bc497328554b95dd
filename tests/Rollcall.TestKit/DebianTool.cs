using Xunit;

namespace Rollcall.TestKit;

/// <summary>Finds other people's programs, which <c>test.sh</c> unpacks below <c>artifacts/tools</c> or installs.</summary>
public static class DebianTool
{
    /// <summary>The program's file. Where it is missing the test is skipped, or fails where <c>CI=true</c>.</summary>
    /// <param name="command">Such as <c>kubectl</c>.</param>
    /// <param name="package">The Debian package it is in.</param>
    public static string Find(string command, string package)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Prepend(Path.Combine(Artifacts(), "tools", package, "usr", "bin"))
            .Append("/usr/sbin"); // where servers are, and the path of who is not root does not lead
        if (folders.Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists) is { } found)
            return found;
        var missing = $"{command} is missing; ./test.sh gets it (Debian package {package})";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"With CI=true this test must run: {missing}");
        Assert.Skip(missing);
        return "";
    }

    // Test programs lie in artifacts/bin/NAME/CONFIGURATION.
    private static string Artifacts() => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
}
