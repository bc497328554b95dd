using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Limiting;
using Rollcall.TestKit;

namespace Rollcall.Gateway.Tests.Limiting;

public sealed class RateLimitTests
{
    private static readonly RequestKeyConfig ByClient = new(RequestKeyKind.Client, "");

    [Fact]
    public void Take_AnyTraffic_IsWhatABucketForEachClientAllows()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var time = new VirtualTime();
            var config = new RateLimitConfig(random.Next(1, 20), TimeSpan.FromMilliseconds(random.Next(1, 5) * 500), random.Next(1, 30), ByClient);
            var limit = new RateLimit(config, time, clients: 64);
            var oracle = new Dictionary<ulong, (double Tokens, TimeSpan At)>();
            var now = TimeSpan.Zero;
            for (var i = 0; i < 2000; i++)
            {
                var step = TimeSpan.FromMicroseconds(random.Next(100_000));
                time.Advance(step);
                now += step;
                var client = (ulong)random.Next(1, 7);
                var (tokens, at) = oracle.GetValueOrDefault(client, (config.Burst, now));
                tokens = Math.Min(config.Burst, tokens + ((now - at) / config.Per * config.Requests));

                // Where a clock's grain decides, both answers are right.
                if (Math.Abs(tokens - 1) < 1e-4)
                    tokens = limit.Take(client) is null ? tokens - 1 : tokens;
                else if (tokens > 1)
                {
                    Assert.Null(limit.Take(client));
                    tokens--;
                }
                else
                {
                    var wait = limit.Take(client);
                    Assert.NotNull(wait);
                    Assert.Equal((1 - tokens) / config.Requests * config.Per.TotalSeconds, wait.Value.TotalSeconds, 1e-4);
                }

                oracle[client] = (tokens, now);
            }
        }
    }

    [Fact]
    public void Take_NoClients_IsOneLimitForAll()
    {
        var time = new VirtualTime();
        var limit = new RateLimit(new(2, TimeSpan.FromSeconds(1), 2, By: null), time);

        Assert.Null(limit.Take(1));
        Assert.Null(limit.Take(2));
        Assert.InRange(limit.Take(3)!.Value, TimeSpan.FromMilliseconds(499), TimeSpan.FromMilliseconds(501));
        time.Advance(TimeSpan.FromMilliseconds(501));
        Assert.Null(limit.Take(4));
        Assert.NotNull(limit.Take(4));
    }

    [Fact]
    public void Take_AFloodOfClients_NeedsNoMoreMemoryAndStillLimitsWhoKeepsComing()
    {
        RateLimit limit = null!;
        RateLimit NewLimit()
        {
            limit = new RateLimit(new(1, TimeSpan.FromSeconds(10), 1, ByClient), new VirtualTime(), clients: 1024);
            Assert.Null(limit.Take(7));
            return limit;
        }

        Assert.Equal(0, Allocation.Of(NewLimit, static limit =>
        {
            for (var client = 1000UL; client < 500_000; client++)
                limit.Take(PickContext.ForKey([(byte)client, (byte)(client >> 8), (byte)(client >> 16)]).Key);
        }));

        Assert.Null(limit.Take(8));
        Assert.NotNull(limit.Take(8));
    }

    [Fact]
    public void Take_ManyThreads_LetsThroughExactlyTheBurst()
    {
        var limit = new RateLimit(new(1, TimeSpan.FromDays(1), 5000, ByClient), new VirtualTime());
        var allowed = 0;
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 5000; i++)
            {
                if (limit.Take(3) is null)
                    Interlocked.Increment(ref allowed);
            }
        });

        Assert.Equal(5000, allowed);
    }

    [Fact]
    public void Take_TheLargestNumbersThatAreAllowed_DoNotOverflow()
    {
        var time = new VirtualTime();
        var slow = new RateLimit(new(1, TimeSpan.FromDays(1), 10_000_000, By: null), time);
        var fast = new RateLimit(new(10_000_000, TimeSpan.FromMilliseconds(1), 1, By: null), time);
        time.Advance(TimeSpan.FromDays(4000));

        Assert.Null(slow.Take(0));
        Assert.Null(slow.Take(0));
        Assert.Null(fast.Take(0));
    }
}
