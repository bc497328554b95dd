using Rollcall.TestKit;
using Rollcall.TestKube.Certificates;

namespace Rollcall.TestKube.Tests.RealClients;

/// <summary>The real kubectl with a kubeconfig of one cluster.</summary>
internal sealed class Kubectl : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("rollcall-kubectl-");
    private readonly string _program = DebianTool.Find("kubectl", "kubernetes-client");

    public Kubectl(string kubeconfig) => ClientFiles.WritePrivate(Kubeconfig, kubeconfig);

    private string Kubeconfig => Path.Combine(_home.FullName, "kubeconfig");

    /// <summary>Runs it to its end. Fails when it fails.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, text, error) = await TryAsync(arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: {code}\n{text}\n{error}");
        return text;
    }

    /// <summary>Runs it to its end and says how it ended.</summary>
    public async Task<(int Code, string Out, string Error)> TryAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        var code = await process.ExitAsync();
        return (code, process.Out, process.Error);
    }

    /// <summary>Starts it, for what does not end by itself.</summary>
    public ClientProcess Start(params string[] arguments) => new(_program, arguments, _home.FullName, Kubeconfig);

    /// <summary>Writes a file to apply.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_home.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _home.Delete(recursive: true);
}
