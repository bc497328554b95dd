using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Rollcall.Benchmarks;

// The first argument is the file for the table, the rest is BenchmarkDotNet's.
// In this process: the projects that BenchmarkDotNet generates otherwise would be built under the house's own build rules.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(10);
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args[1..], ManualConfig.Create(DefaultConfig.Instance).AddJob(job));
var table = Results.ToMarkdown(summaries);
await File.WriteAllTextAsync(args[0], table);
Console.WriteLine(table);
