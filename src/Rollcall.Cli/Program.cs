using Rollcall.Cli.Commands;
using Rollcall.Cli.Execution;

RuntimeSettings.Apply(args);
using var process = new ProcessEnvironment(new Network());
return await RollcallCommand.RunAsync(args, process.Environment);
