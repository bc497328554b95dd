namespace Rollcall.EndToEnd.Gossip;

/// <summary>
/// Clusters of five Serf agents and five nodes of ours, in which everybody must see the same of both kinds. With the environment variable
/// <c>ROLLCALL_GOSSIP_ONLY_AGENTS=1</c> the nodes of ours are agents as well, to compare with.
/// </summary>
[Collection(nameof(MixedClusterTests))]
public sealed class MixedClusterTests(Stories stories, ITestOutputHelper output) : IClassFixture<Stories>
{
    [Fact]
    public Task All_see_all_with_names_addresses_statuses_and_tags() => ShownAsync(stories.Days, nameof(Stories.Agreement));

    [Fact]
    public Task Changes_of_tags_arrive_at_both_kinds() => ShownAsync(stories.Days, nameof(Stories.Tags));

    [Fact]
    public Task A_key_is_rotated_by_commands_of_both_kinds() => ShownAsync(stories.Days, nameof(Stories.Keys));

    [Fact]
    public Task A_key_is_rotated_although_packets_are_lost() => ShownAsync(stories.Days, nameof(Stories.KeysWithLoss));

    [Fact]
    public Task A_leave_is_seen_as_one_by_both_kinds_and_never_as_a_failure() => ShownAsync(stories.Days, nameof(Stories.Leaves));

    [Fact]
    public Task Those_that_are_killed_are_failed_for_both_kinds() => ShownAsync(stories.Crashes, nameof(Stories.Kills));

    [Fact]
    public Task Those_that_are_frozen_are_failed_for_both_kinds_until_they_wake_up() => ShownAsync(stories.Crashes, nameof(Stories.Freezes));

    [Fact]
    public Task Those_that_were_killed_come_back_by_their_name_and_address() => ShownAsync(stories.Crashes, nameof(Stories.Restarts));

    [Fact]
    public Task Half_of_the_cluster_killed_at_once_is_failed_for_the_other_half() => ShownAsync(stories.Crashes, nameof(Stories.HalfKilled));

    [Fact]
    public Task Suspicions_by_loss_and_delay_are_refuted() => ShownAsync(stories.Weather, nameof(Stories.Losses));

    [Fact]
    public Task A_partition_of_three_and_seven_is_seen_by_both_sides_and_heals() => ShownAsync(stories.Partitions, nameof(Stories.Partition));

    [Fact]
    public async Task Agents_complain_of_nothing_that_agents_in_the_place_of_our_nodes_would_not_cause()
    {
        var unknown = new List<string>();
        foreach (var story in stories.All)
        {
            var cluster = await story.EndAsync();
            foreach (var (kind, count) in Complaints.Of(cluster.All.Where(static node => node.IsAgent).SelectMany(static node => node.Lines).Select(static line => line.Text)))
            {
                output.WriteLine($"{count} × {kind}");
                if (!Complaints.Expected.ContainsKey(kind))
                    unknown.Add(kind);
            }
        }

        Assert.Empty(unknown);
    }

    [Fact]
    public async Task Our_nodes_run_into_no_error_of_their_own()
    {
        foreach (var story in stories.All)
        {
            var cluster = await story.EndAsync();
            Assert.DoesNotContain(cluster.All.Where(static node => !node.IsAgent).SelectMany(static node => node.Lines), static line => line.Text.Contains("Z fail: ", StringComparison.Ordinal) || line.Text.Contains("Z crit: ", StringComparison.Ordinal));
        }
    }

    private async Task ShownAsync(Story story, string name)
    {
        try
        {
            await story[name];
        }
        finally
        {
            foreach (var note in story.Notes)
                output.WriteLine(note);
        }
    }
}

/// <summary>Forty processes, and nothing else beside them: neither they nor what measures elsewhere would get its turn in time.</summary>
[CollectionDefinition(nameof(MixedClusterTests), DisableParallelization = true)]
public sealed class MixedClusterCollection;
