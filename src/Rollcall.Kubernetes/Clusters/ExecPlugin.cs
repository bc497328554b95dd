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

    // What a plugin has written is there when it ends. A child it leaves behind may hold its output open for ever.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(1);

    /// <exception cref="DiscoveryException">It cannot be run, fails, takes too long, or prints something else.</exception>
    public async Task<ExecCredential> RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(either.Token);
        using var process = Start();
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var readings = Task.WhenAll(
            ReadAsync(process.StandardOutput.BaseStream, output, over), ReadAsync(process.StandardError.BaseStream, error, over));
        try
        {
            await process.WaitForExitAsync(over.Token);
            try
            {
                await readings.WaitAsync(Drain, time, over.Token);
            }
            catch (TimeoutException)
            {
                await over.CancelAsync();
                await readings.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (process.ExitCode != 0)
                throw Failed($"ended with {process.ExitCode}: {Shown(error.ToArray())}");
            return ExecCredential.Parse(output.ToArray(), settings.ApiVersion);
        }
        catch (JsonException wrong)
        {
            throw Failed($"answers what cannot be used: {(wrong.InnerException is null && wrong.LineNumber is null ? wrong.Message : "it is no such JSON")}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw deadline.IsCancellationRequested
                ? Failed($"has not ended within {DurationText.Format(Timeout)}")
                : Failed($"prints more than {MaxOutputBytes:N0} bytes");
        }
        finally
        {
            End(process);
            await over.CancelAsync();
            await readings.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    // Ends everything when there is too much of it.
    private static async Task ReadAsync(Stream stream, MemoryStream all, CancellationTokenSource over)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await stream.ReadAsync(buffer, over.Token)) > 0)
        {
            if (all.Length + count > MaxOutputBytes)
                await over.CancelAsync();
            over.Token.ThrowIfCancellationRequested();
            all.Write(buffer, 0, count);
        }
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
