namespace Rollcall.Tests.Sources;

/// <summary>A directory of one test, removed with it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("rollcall-").FullName;

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Writes as editors do: a new file that takes the old one's name.</summary>
    public string Replace(string name, string content)
    {
        var path = PathOf(name);
        File.WriteAllText(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
