using System.Text;
using Rollcall.Gossip.Protocol;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Transcripts;

/// <summary>
/// The important stories, line by line as their nodes tell them, beside this file: a change of the protocol shows in review. Pings and acks that carry nothing else are left out.
/// To accept a change: run the tests with ROLLCALL_ACCEPT_TRANSCRIPTS=1 and commit the files.
/// </summary>
public sealed class StoryTests
{
    private static readonly ProtocolSettings Settings = ProtocolSettings.Lan with { DeadNodeReclaimTime = TimeSpan.FromSeconds(5) };

    [Fact]
    public void Join() => Tell("join", static story =>
    {
        story.Form(2);
        story.Run(5);
        story.Cluster.Start(story.Cluster.Add());
        story.Run(5);
    });

    [Fact]
    public void Crash() => Tell("crash", static story =>
    {
        story.Form(4);
        story.Run(3);
        story.Cluster.Crash(story.Node(3));
        story.Run(45);
    });

    [Fact]
    public void Refute() => Tell("refute", static story =>
    {
        story.Form(4);
        story.Run(3);
        story.Cluster.Freeze(story.Node(3), TimeSpan.FromSeconds(3));
        story.Run(8);
    });

    [Fact]
    public void Leave() => Tell("leave", static story =>
    {
        story.Form(3);
        story.Run(3);
        story.Cluster.Leave(story.Node(2));
        story.Run(3);
        story.Node(2).IsRunning = false;
        story.Run(40);
    });

    [Fact]
    public void Partition() => Tell("partition", static story =>
    {
        story.Form(4);
        story.Run(3);
        story.Part(2, 3);
        story.Run(20);
        story.Part();
        story.Run(40);
    });

    [Fact]
    public void Rejoin_under_a_new_address() => Tell("rejoin", static story =>
    {
        story.Form(3);
        story.Run(3);
        story.Cluster.Crash(story.Node(2));
        story.Run(15);
        story.Node(2).Moves++;
        story.Cluster.Start(story.Node(2));
        story.Run(10);
    });

    private static void Tell(string name, Action<Story> tell)
    {
        var story = new Story();
        tell(story);
        var told = $"{story.Transcript}\n";
        var path = Path.Combine(Root(), "tests", "Rollcall.Gossip.Tests", "Transcripts", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("ROLLCALL_ACCEPT_TRANSCRIPTS") == "1")
            File.WriteAllText(path, told, new UTF8Encoding(false));
        Assert.Equal(File.ReadAllLines(path), told.TrimEnd('\n').Split('\n'));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Rollcall.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }

    private sealed class Story
    {
        public Story()
        {
            Cluster = new(seed: 4, Settings);
            Transcript = new(Cluster, withPackets: true);
            Cluster.Observer = Transcript;
        }

        public SimulatedCluster Cluster { get; }

        public ClusterTranscript Transcript { get; }

        public SimulatedNode Node(int index) => Cluster.Nodes[index];

        /// <summary>The nodes know each other; how they came to is another story.</summary>
        public void Form(int size)
        {
            for (var i = 0; i < size; i++)
                Cluster.Start(Cluster.Add(), joins: false);
            Cluster.IntroduceAll();
        }

        public void Run(double seconds) => Cluster.RunUntil(Cluster.Now + TimeSpan.FromSeconds(seconds));

        public void Part(params int[] away)
        {
            Transcript.Did(away.Length == 0 ? "the network is whole" : $"{string.Join(" and ", away.Select(static node => $"n{node}"))} are parted from the others");
            foreach (var node in Cluster.Nodes)
                node.Group = away.Contains(node.Index) ? 1 : 0;
        }
    }
}
