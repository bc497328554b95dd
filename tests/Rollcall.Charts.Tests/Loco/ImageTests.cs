using System.Text.RegularExpressions;
using Rollcall.Charts.Tests.Rendering;

namespace Rollcall.Charts.Tests.Loco;

/// <summary>What the chart expects of the images is what the Dockerfile makes. Built they are not here: there is no Docker.</summary>
public sealed partial class ImageTests
{
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "docker", "Dockerfile"));

    [Fact]
    public async Task The_user_is_the_same_and_not_root()
    {
        var user = Assert.Single(User().Matches(Dockerfile));
        foreach (var workload in (string[])["Deployment loco-loco-backend", "Deployment loco-loco-viewer", "StatefulSet loco-loco-emulator"])
        {
            var security = (await RenderedChart.LocoAsync("--set", "viewer.enabled=true")).Find(workload.Split(' ')[0], workload.Split(' ')[1]).At("spec.template.spec.securityContext");
            Assert.Equal((user.Groups["user"].Value, user.Groups["group"].Value), (security.Text("runAsUser"), security.Text("runAsGroup")));
        }
    }

    [Theory]
    [InlineData("Deployment", "loco-loco-backend", "node", "rollcall")]
    [InlineData("Deployment", "loco-loco-viewer", "viewer", "Loco.Viewer")]
    [InlineData("StatefulSet", "loco-loco-emulator", "emulator", "Loco.Emulator")]
    public async Task The_ports_are_exposed_and_the_arguments_go_to_the_program(string kind, string name, string target, string program)
    {
        var container = (await RenderedChart.LocoAsync("--set", "viewer.enabled=true")).Find(kind, name).At("spec.template.spec.containers.0");
        var stage = Stage(target);
        Assert.All(container.Items("ports"), port => Assert.Contains(port.Text("containerPort"), Exposed().Match(stage).Groups["ports"].Value.Split(' ')));
        Assert.Contains($"ENTRYPOINT [\"/app/{program}\"]", stage, StringComparison.Ordinal);
        Assert.Null(container.At("command")); // the image's entry point stays
    }

    [Fact]
    public void Nothing_comes_from_an_image_with_a_shell_but_what_is_built() =>
        Assert.All(Stages().Select(static stage => stage.Groups["from"].Value).Skip(2), static from => Assert.True(from is "base" or "${RUNTIME}", from));

    private static string Stage(string target)
    {
        var stages = Stages();
        var at = stages.FindIndex(stage => stage.Groups["name"].Value == target);
        return Dockerfile[stages[at].Index..(at + 1 < stages.Count ? stages[at + 1].Index : Dockerfile.Length)];
    }

    private static List<Match> Stages() => [.. From().Matches(Dockerfile).Cast<Match>()];

    [GeneratedRegex("^USER (?<user>[0-9]+):(?<group>[0-9]+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex User();

    [GeneratedRegex("^EXPOSE (?<ports>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Exposed();

    [GeneratedRegex("^FROM (--platform=[^ ]+ )?(?<from>[^ ]+) AS (?<name>[a-z]+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex From();
}
