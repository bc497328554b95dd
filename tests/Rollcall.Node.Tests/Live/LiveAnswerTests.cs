using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollcall.Api;
using Rollcall.Node.Live;

namespace Rollcall.Node.Tests.Live;

public sealed class LiveAnswerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Who_applies_every_step_has_the_whole_and_the_whole_is_what_the_serializer_writes(int seed)
    {
        var random = new Random(seed);
        var instances = new SortedDictionary<string, LiveInstance>(StringComparer.Ordinal);
        var (version, bySteps) = (0, 0);
        LiveAnswer? answer = null;
        var (client, behind, behindAt) = ((JsonNode?)null, (JsonNode?)null, "");
        for (var round = 0; round < 200; round++)
        {
            Change(instances, random);
            var document = Document([.. instances.Values.Select(static instance => instance.Document)], random.Next(3));
            ImmutableArray<LiveInstance> shown = [.. instances.Values];
            var before = answer;
            answer = answer is null ? LiveAnswer.First(document, shown, "v0") : answer.Next(document, shown, () => string.Create(CultureInfo.InvariantCulture, $"v{++version}"));

            var whole = JsonSerializer.Serialize(document, ApiJson.Default.LiveInstancesDocument);
            Assert.Equal(whole, Encoding.UTF8.GetString(answer.Bytes.Span));
            client = Follow(client, before?.Version ?? "", answer);
            Assert.Equal(JsonNode.Parse(whole)!.ToJsonString(), client!.ToJsonString());

            // One that looks only now and then is sent what it lacks, or the whole.
            if (behind is null || random.Next(4) == 0)
            {
                bySteps += answer.StepsSince(behindAt).Length;
                behind = Follow(behind, behindAt, answer);
                behindAt = answer.Version;
                Assert.Equal(client.ToJsonString(), behind!.ToJsonString());
            }
        }

        Assert.InRange(version, 50, 199);
        Assert.InRange(bySteps, 50, 199);
    }

    [Fact]
    public void What_does_not_show_is_no_new_version()
    {
        ImmutableArray<LiveInstance> shown = [Instance("o-1", 1)];
        var answer = LiveAnswer.First(Document([shown[0].Document], 0), shown, "v0");
        Assert.Same(answer, answer.Next(Document([shown[0].Document], 0), shown, static () => "v1"));
        Assert.True(answer.StepsSince("v0").IsEmpty);
    }

    [Fact]
    public void Steps_that_are_longer_than_the_whole_are_forgotten()
    {
        ImmutableArray<LiveInstance> shown = [Instance("o-1", 1)];
        var answer = LiveAnswer.First(Document([shown[0].Document], 0), shown, "v0");
        for (var i = 1; i <= 3; i++)
        {
            ImmutableArray<LiveInstance> next = [Instance("o-1", i + 1)];
            var to = string.Create(CultureInfo.InvariantCulture, $"v{i}");
            answer = answer.Next(Document([next[0].Document], 0), next, () => to);
        }

        Assert.True(answer.StepsSince("v1").IsEmpty);
        Assert.True(answer.StepsSince("never").IsEmpty);
    }

    // As a page does it: it is sent the whole when there are no steps from what it has.
    private static JsonNode Follow(JsonNode? known, string version, LiveAnswer answer)
    {
        if (known is null || (version != answer.Version && answer.StepsSince(version).IsEmpty))
            return JsonNode.Parse(answer.Bytes.Span)!;
        foreach (var step in answer.StepsSince(version))
        {
            var change = JsonNode.Parse(step.Json.Span)!.AsObject();
            Assert.Equal(step.From, (string?)change["from"]);
            var gone = change["removed"]!.AsArray().Select(static id => (string)id!).Concat(change["changed"]!.AsArray().Select(static each => (string)each!["instance"]!["instanceId"]!)).ToHashSet();
            var list = known["instances"]!.AsArray().Where(instance => !gone.Contains((string)instance!["instanceId"]!)).Select(static instance => instance!.DeepClone()).ToList();
            foreach (var each in change["changed"]!.AsArray())
                list.Insert((int)each!["index"]!, each["instance"]!.DeepClone());
            var next = new JsonObject();
            foreach (var (name, value) in change)
            {
                if (name == "changed")
                    next["instances"] = new JsonArray([.. list]);
                else if (name is not ("removed" or "from"))
                    next[name] = value?.DeepClone();
            }

            known = next;
        }

        return known;
    }

    private static void Change(SortedDictionary<string, LiveInstance> instances, Random random)
    {
        for (var i = random.Next(4); i > 0; i--)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"o-{random.Next(12)}");
            if (random.Next(3) == 0)
                instances.Remove(id);
            else
                instances[id] = Instance(id, random.Next());
        }
    }

    private static LiveInstance Instance(string id, int revision)
    {
        var document = new LiveInstanceDocument
        {
            Id = id,
            InstanceId = id,
            Name = id + " \"instances\":[] of ünïcode",
            Status = "ready",
            State = "ready",
            Ready = true,
            Weight = 100,
            Revision = revision,
            Addresses = new LiveAddressesDocument { PodIp = "10.0.0.1" },
            Ports = new Dictionary<string, int> { ["http"] = 80 },
            Health = new LiveHealthDocument { Ready = true, Score = 100, Parts = [], LastTransition = DateTimeOffset.UnixEpoch },
            Metadata = new Dictionary<string, string>(),
        };
        return new LiveInstance(document, JsonSerializer.SerializeToUtf8Bytes(document, ApiJson.Default.LiveInstanceDocument));
    }

    private static LiveInstancesDocument Document(IReadOnlyList<LiveInstanceDocument> instances, int freshness)
    {
        var summary = new LiveSummaryDocument(instances.Count, instances.Count, 0, 0, DateTimeOffset.UnixEpoch);
        return new LiveInstancesDocument
        {
            DiscoveryMode = "registry",
            Mode = "registry",
            ServiceName = "orders",
            Revision = 7,
            Freshness = freshness == 0 ? "stale" : "live",
            Reason = "says \"instances\":[]",
            LastUpdate = DateTimeOffset.UnixEpoch,
            Instances = instances,
            Summary = summary,
            Stats = summary,
        };
    }
}
