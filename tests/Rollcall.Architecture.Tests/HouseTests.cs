using System.Text.RegularExpressions;

namespace Rollcall.Architecture.Tests;

/// <summary>Which house may enter which (docs/architecture.md).</summary>
public sealed partial class HouseTests
{
    // Top to bottom: a project may refer to those named, and to nothing else of ours.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Rollcall"] = [],
        ["Rollcall.Gossip"] = [],
        ["Rollcall.AspNetCore"] = ["Rollcall"],
        ["Rollcall.Kubernetes"] = ["Rollcall"],
        ["Rollcall.Consul"] = ["Rollcall"],
        ["Rollcall.Etcd"] = ["Rollcall"],
        ["Rollcall.Registry"] = ["Rollcall"],
        ["Rollcall.Gateway"] = ["Rollcall", "System.IO.Hashing"],
        ["Rollcall.Node"] = ["Rollcall", "Rollcall.Registry", "Rollcall.Gateway"],
        ["Rollcall.Cli"] = ["Rollcall", "Rollcall.Gossip", "Rollcall.Registry", "Rollcall.Gateway", "Rollcall.Node", "Rollcall.Kubernetes", "Rollcall.Consul", "Rollcall.Etcd"],
        ["Rollcall.Member"] = ["Rollcall.Cli"],
    };

    // Where extension methods belong by the convention of what they extend.
    private static readonly string[] ForeignNamespaces = ["Microsoft.Extensions.DependencyInjection"];

    [Fact]
    public void Projects_refer_only_to_those_they_may()
    {
        var wrong = Repository.Projects
            .SelectMany(static project => project.Value.Select(reference => (From: project.Key, To: reference)))
            .Where(static edge => !Allowed.TryGetValue(edge.From, out var allowed) || !allowed.Contains(edge.To, StringComparer.Ordinal))
            .Select(static edge => $"{edge.From} → {edge.To}");
        Assert.Empty(wrong);
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Repository.Projects.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_registry_knows_no_HTTP()
    {
        var wrong = Repository.SourceFiles("src/Rollcall.Registry")
            .Where(static file => HttpUse().IsMatch(Read(file)));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Folders_of_a_project_form_no_circle()
    {
        foreach (var project in Repository.Projects.Keys)
        {
            var edges = FolderEdges(project);
            var circle = FindCircle(edges);
            Assert.True(circle is null, $"{project}: {string.Join(" → ", circle ?? [])}\n{string.Join('\n', edges.Select(static e => $"{e.From} → {e.To} ({e.File})"))}");
        }
    }

    [Fact]
    public void The_root_of_a_library_uses_no_folder()
    {
        string[] libraries = ["Rollcall", "Rollcall.Registry"];
        var wrong = libraries.SelectMany(FolderEdges).Where(static edge => edge.From.Length == 0 && edge.To.Length > 0);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Namespaces_equal_folders()
    {
        var wrong = Repository.SourceFiles("src")
            .Where(static file => NamespaceOf(Read(file)) is { } found
                && !string.Equals(found, Path.GetDirectoryName(file)!["src/".Length..].Replace('/', '.'), StringComparison.Ordinal)
                && !ForeignNamespaces.Contains(found, StringComparer.Ordinal));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Files_hold_at_most_400_lines()
    {
        string[] roots = ["src", "tests", "samples", "benchmarks"];
        var wrong = roots.SelectMany(Repository.SourceFiles)
            .Select(static file => (File: file, Lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()))
            .Where(static item => item.Lines > 400);
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_circle_between_folders_is_found() =>
        Assert.NotNull(FindCircle([new("A", "B", "x.cs"), new("B", "C", "y.cs"), new("C", "A", "z.cs"), new("D", "A", "w.cs")]));

    private static List<Edge> FolderEdges(string project)
    {
        var files = Repository.SourceFiles($"src/{project}").ToArray();
        var folders = files.Select(file => FolderOf(project, file)).Where(static folder => folder.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        var edges = new List<Edge>();
        foreach (var file in files)
        {
            var from = FolderOf(project, file);
            var text = Read(file);
            edges.AddRange(folders
                .Where(folder => !string.Equals(folder, from, StringComparison.Ordinal))
                .Where(folder => Regex.IsMatch(
                    text,
                    $@"\b(using (static )?{Regex.Escape($"{project}.{folder}")}\b)|(?<![\w.""/]){Regex.Escape(folder)}\.[A-Z]\w+",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(5)))
                .Select(folder => new Edge(from, folder, file)));
        }

        return edges;
    }

    private static List<string>? FindCircle(IReadOnlyCollection<Edge> edges)
    {
        var next = edges.Where(static edge => edge.From.Length > 0).ToLookup(static edge => edge.From, static edge => edge.To, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var group in next)
        {
            if (Visit(group.Key) is { } circle)
                return circle;
        }

        return null;

        List<string>? Visit(string folder)
        {
            var at = path.IndexOf(folder);
            if (at >= 0)
                return [.. path[at..], folder];
            if (!done.Add(folder))
                return null;
            path.Add(folder);
            foreach (var to in next[folder])
            {
                if (Visit(to) is { } circle)
                    return circle;
            }

            path.RemoveAt(path.Count - 1);
            return null;
        }
    }

    private static string FolderOf(string project, string file)
    {
        var relative = file[$"src/{project}/".Length..];
        var slash = relative.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : relative[..slash];
    }

    // Comments may speak of anything.
    private static string Read(string file) =>
        CommentLine().Replace(File.ReadAllText(Path.Combine(Repository.Root, file)), "");

    private static string? NamespaceOf(string text) => NamespaceLine().Match(text) is { Success: true } match ? match.Groups["name"].Value : null;

    [GeneratedRegex(@"\b(System\.Net\.Http|Microsoft\.AspNetCore|HttpClient)\b", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex HttpUse();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline, 5000)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline, 5000)]
    private static partial Regex CommentLine();

    private sealed record Edge(string From, string To, string File);
}
