using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Rollcall.Kubernetes.Clusters;

/// <summary>Runs a credential plugin: a program that prints an <c>ExecCredential</c>. What it prints is never logged.</summary>
internal sealed class ExecPlugin(ExecSettings settings, Uri server, TimeProvider time)
{
    /// <summary>The most a plugin may print.</summary>
    public const int MaxOutputBytes = 1024 * 1024;

    /// <summary>The longest a plugin may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private const int ShownErrorCharacters = 300;

    /// <exception cref="DiscoveryException">It cannot be run, fails, takes too long, or prints something else.</exception>
    public async Task<ExecCredential> RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var process = Start();
        try
        {
            var error = ReadAsync(process.StandardError.BaseStream, either.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, either.Token);
            var said = await error;
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0)
                throw Failed($"ended with {process.ExitCode}: {Shown(said)}");
            return ExecCredential.Parse(output, settings.ApiVersion);
        }
        catch (JsonException error)
        {
            throw Failed($"answers what cannot be used: {(error.InnerException is null && error.LineNumber is null ? error.Message : "it is no such JSON")}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"has not ended within {DurationText.Format(Timeout)}");
        }
        finally
        {
            End(process);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo
        {
            FileName = Command(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in settings.Arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in settings.Variables)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = ExecInfo();
        try
        {
            var process = Process.Start(start) ?? throw Failed("cannot be started");
            process.StandardInput.Close(); // nobody is here to answer questions
            return process;
        }
        catch (Win32Exception error)
        {
            throw Failed($"cannot be started ({error.Message})");
        }
    }

    // As kubectl does: a bare name is looked for in PATH, a path is relative to the kubeconfig.
    private string Command() => settings.Command.Contains('/', StringComparison.Ordinal) ? Path.Combine(settings.Directory, settings.Command) : settings.Command;

    private string ExecInfo()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "ExecCredential");
            json.WriteString("apiVersion", settings.ApiVersion);
            json.WriteStartObject("spec");
            json.WriteBoolean("interactive", false);
            if (settings.ProvideClusterInfo)
            {
                json.WriteStartObject("cluster");
                json.WriteString("server", server.AbsoluteUri.TrimEnd('/'));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (all.Length + count > MaxOutputBytes)
                throw Failed($"prints more than {MaxOutputBytes:N0} bytes");
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It has ended meanwhile.
        }
    }

    private static string Shown(byte[] said)
    {
        var text = Encoding.UTF8.GetString(said).Trim().ReplaceLineEndings(" ");
        return text.Length switch
        {
            0 => "it says nothing about why",
            > ShownErrorCharacters => text[..ShownErrorCharacters] + "…",
            _ => text,
        };
    }

    private DiscoveryException Failed(string problem) => new(
        $"The credential plugin '{settings.Command}' of the kubeconfig {problem}. Run it by hand to see why, or correct users[].user.exec."
        + (settings.InstallHint is { Length: > 0 } hint ? $" {hint.Trim()}" : ""));
}
