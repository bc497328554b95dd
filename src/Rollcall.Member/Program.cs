using Rollcall.Cli.Commands;
using Rollcall.Cli.Commands.Gossip;
using Rollcall.Cli.Execution;
using Rollcall.Member;

using var process = new ProcessEnvironment(new NoNodes());
return await RollcallCommand.RunAsync(args, process.Environment, GossipCommand.Create);
