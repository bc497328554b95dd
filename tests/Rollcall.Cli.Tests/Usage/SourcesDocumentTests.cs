using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.Sources;

namespace Rollcall.Cli.Tests.Usage;

/// <summary>docs/sources.md says what is: its configurations are read without a complaint, its targets are no nonsense.</summary>
public sealed partial class SourcesDocumentTests
{
    public static TheoryData<string> Configurations => [.. JsonBlock().Matches(Document()).Select(static block => block.Groups["json"].Value)];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Configurations_are_read_without_a_complaint(string json)
    {
        using var services = Services(json);
        services.GetRequiredService<IStartupValidator>().Validate();
    }

    [Fact]
    public void Targets_of_the_examples_are_understood()
    {
        using var services = Services("{}");
        var sources = services.GetRequiredService<SourceRegistry>();
        var targets = Command().Matches(Document()).Select(static match => match.Groups["target"].Value).ToArray();
        Assert.Contains(targets, static target => target.StartsWith("etcd:", StringComparison.Ordinal));
        foreach (var target in targets)
            sources.Validate(ServiceTarget.Parse(target));
    }

    private static ServiceProvider Services(string json) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build())
        .AddRollcall().AddRollcallConsul().AddRollcallEtcd().AddRollcallKubernetes()
        .BuildServiceProvider();

    private static string Document()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Rollcall.slnx")))
            directory = Path.GetDirectoryName(directory)!;
        return File.ReadAllText(Path.Combine(directory, "docs", "sources.md"));
    }

    [GeneratedRegex(@"^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex JsonBlock();

    [GeneratedRegex(@"^rollcall (resolve|watch|pick) '?(?<target>[a-z0-9+]+:[^'\s]+)'?", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Command();
}
