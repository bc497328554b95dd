using System.Collections.Frozen;
using System.Reflection;

namespace Rollcall.Node.Dashboard;

/// <summary>The built files of the dashboard, read from the assembly when they are first asked for.</summary>
internal sealed class DashboardFiles(Func<IEnumerable<DashboardFile>> read)
{
    private const string Prefix = "dashboard/";

    /// <summary>Where files are whose names say what is in them.</summary>
    public const string AssetsPath = "/assets/";

    private readonly Lazy<FrozenDictionary<string, DashboardFile>> _files =
        new(() => read().ToFrozenDictionary(static file => file.Path, StringComparer.Ordinal));

    /// <summary>Those built into this assembly; none when it was built without.</summary>
    public static DashboardFiles Embedded { get; } = new(static () => ReadFrom(typeof(DashboardFiles).Assembly));

    /// <summary>The page that everything begins with; null when there is no dashboard.</summary>
    public DashboardFile? Page => Find("/index.html");

    /// <summary>A file by its path; null when there is none.</summary>
    public DashboardFile? Find(string path) => _files.Value.GetValueOrDefault(path);

    private static IEnumerable<DashboardFile> ReadFrom(Assembly assembly)
    {
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            yield return new DashboardFile("/" + name[Prefix.Length..].Replace('\\', '/'), bytes);
        }
    }
}
