using System.Globalization;
using System.Text;
using Rollcall.EndToEnd.Faults;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>Emulators as processes of their own, a node that knows them from a file, and a viewer of their pictures.</summary>
internal sealed class EmulatorRoom : IAsyncDisposable
{
    public const string Service = "loco-loco-emulator";

    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-emulators-").FullName;
    private readonly List<RealProcess> _processes = [];

    private EmulatorRoom()
    {
    }

    public DashboardNode Node { get; private set; } = null!;

    public static string IdOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{Service}-{ordinal}");

    /// <param name="drawRates">Frames a second that each emulator draws: 30 of one that is well.</param>
    public static async Task<EmulatorRoom> OpenAsync(params int[] drawRates)
    {
        var room = new EmulatorRoom();
        var endpoints = new StringBuilder($"{Service}:\n");
        for (var i = 0; i < drawRates.Length; i++)
        {
            var (vnc, health) = (FreePorts.Take(), FreePorts.Take());
            room.Start("Loco.Emulator", "Loco.Emulator", IdOf(i), ["--vnc-port", Text(vnc), "--health-port", Text(health), "--boot", "200ms", "--draw-rate", Text(drawRates[i]), "--name", IdOf(i)]);
            endpoints.Append(CultureInfo.InvariantCulture, $"  - {{ id: {IdOf(i)}, host: 127.0.0.1, ports: {{ vnc: {vnc}, health: {health} }}, zone: {"abc"[i % 3]}, metadata: {{ instance: '{i}', pod: {IdOf(i)}}} }}\n");
            await UntilWellAsync(health);
        }

        var viewer = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Take()}");
        var (emulators, names) = (Path.Combine(room._directory, "emulators.yaml"), Path.Combine(room._directory, "names.yaml"));
        await File.WriteAllTextAsync(emulators, endpoints.ToString());
        await File.WriteAllTextAsync(names, """template: 'Windows 98 - {ordinal == 0 ? "Game Server" : "Client {ordinal}"}'""");
        room.Node = new DashboardNode(new DashboardNode.Settings
        {
            Gateway = false,
            Configuration = $$"""
                imports:
                  {{Service}}:
                    target: file://{{emulators}}#{{Service}}
                    metadata: {{names}}
                dashboard:
                  viewer: ws://{{viewer}}/vnc/{id}
                """,
        });
        await room.Node.StartAsync();
        room.Start("Loco.Viewer", "Loco.Viewer", "viewer", ["--urls", $"http://{viewer}"], new(StringComparer.Ordinal)
        {
            ["ROLLCALL_NODE"] = room.Node.Url,
            ["Rollcall__Services__emulators"] = $"rollcall:///{Service}",
            ["Viewer__AllowedOrigins__0"] = room.Node.Url,
        });
        await UntilAsync($"http://{viewer}/healthz");
        return room;
    }

    /// <summary>Ends an emulator without a goodbye.</summary>
    public Task KillAsync(int ordinal) => _processes[ordinal].KillAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            process.Dispose();
        if (Node is not null)
            await Node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private void Start(string project, string assembly, string name, IEnumerable<string> arguments, Dictionary<string, string>? environment = null) =>
        _processes.Add(RealProcess.Start(project, assembly, arguments, environment ?? new(StringComparer.Ordinal), Path.Combine(_directory, name + ".log")));

    private static Task UntilWellAsync(int port) => UntilAsync(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/health"));

    private static async Task UntilAsync(string url)
    {
        using var http = new HttpClient { Timeout = Eventually.Limit };
        await Eventually.True(async () =>
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(url));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false; // it does not listen yet
            }
        });
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
