using Loco.Emulator;

// A stand-in for an emulator pod: a machine that boots slowly, shows its picture by VNC and tells of its health. It knows nothing of Rollcall; Rollcall finds it.

if (args is ["--help" or "-h"])
{
    Console.WriteLine(EmulatorOptions.Usage);
    return 0;
}

if (!EmulatorOptions.TryParse(args, Environment.GetEnvironmentVariable("POD_NAME"), out var options, out var error))
{
    await Console.Error.WriteLineAsync($"{error}\n{EmulatorOptions.Usage}");
    return 2;
}

await using var app = EmulatorHost.Build(options, TimeProvider.System, EmulatorHost.KillThisProcess);
try
{
    await app.StartAsync();
}
catch (IOException failure)
{
    await Console.Error.WriteLineAsync($"{options.Name} cannot listen: {failure.Message}");
    return 1;
}

Console.WriteLine($"{options.Name}: vnc on {options.Address}:{options.VncPort}, health on http://{options.Address}:{options.HealthPort}/health");
await app.WaitForShutdownAsync();
return 0;
