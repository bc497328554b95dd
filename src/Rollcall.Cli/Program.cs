using Rollcall.Cli.Commands;
using Rollcall.Cli.Execution;

using var process = new ProcessEnvironment();
return await RollcallCommand.RunAsync(args, process.Environment);
