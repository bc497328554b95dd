using System.Globalization;
using System.Text;
using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

/// <summary>
/// The pictures of docs/balancing.md are those of the simulation. To draw them anew: run with ROLLCALL_ACCEPT_DOCS=1 and commit the files.
/// </summary>
public sealed class SlowInstancePicturesTests
{
    private const int Seconds = 80;
    private const int SlowFrom = 20;
    private const int SlowUntil = 40;
    private const int Width = 480;
    private const int Height = 190;

    [Theory]
    [InlineData(Balancers.PeakEwma)]
    [InlineData(Balancers.LeastRequests)]
    [InlineData(Balancers.RoundRobin)]
    [InlineData(Balancers.Random)]
    [InlineData(Balancers.RingHash)]
    [InlineData(Balancers.Maglev)]
    [InlineData(Balancers.PickFirst)]
    public void Picture_OfEachPolicy_IsThatOfTheSimulation(string policy)
    {
        // A seed with which the one endpoint that pick-first takes is the slow one: the case worth a picture.
        var seed = policy == Balancers.PickFirst ? SeedOfSlow() : 1;
        var requests = SlowInstanceSimulation.Run(Seeded(seed).Get(policy), Seconds, SlowFrom, SlowUntil, seed: 1);
        var picture = Draw(policy, requests);
        var file = Path.Combine(Root(), "docs", "images", $"balancing-{policy}.svg");
        if (Environment.GetEnvironmentVariable("ROLLCALL_ACCEPT_DOCS") == "1")
            File.WriteAllText(file, picture);

        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", picture, ignoreLineEndingDifferences: true);
    }

    // The same draws on every thread, and on a machine with any number of processors.
    private static Balancers Seeded(int seed) => new(new Random(seed), [], time: null, stripes: 1);

    private static int SeedOfSlow()
    {
        for (var seed = 1; ; seed++)
        {
            if (SlowInstanceSimulation.Run(Seeded(seed).Get(Balancers.PickFirst), 1, 0, 0, seed: 1)[0].Instance == SlowInstanceSimulation.Slow)
                return seed;
        }
    }

    private static string Draw(string policy, List<SlowInstanceSimulation.Request> requests)
    {
        var text = new StringBuilder();
        var slow = requests.Where(static request => request.At is >= SlowFrom and < SlowUntil).ToArray();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#667085\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>");
        Add($"<rect x=\"{X(SlowFrom)}\" y=\"30\" width=\"{X(SlowUntil) - X(SlowFrom)}\" height=\"140\" fill=\"#fdecea\"/>");
        Add($"<text x=\"10\" y=\"18\" font-size=\"14\" fill=\"#101828\">{policy}</text>");
        Add($"<text x=\"{Width - 10}\" y=\"18\" text-anchor=\"end\">p99 while one is slow: {SlowInstanceSimulation.P99(slow):0} ms</text>");
        Add($"<line x1=\"40\" x2=\"{Width - 40}\" y1=\"{Share(0.2):0.0}\" y2=\"{Share(0.2):0.0}\" stroke=\"#98a2b3\" stroke-dasharray=\"3 3\"/>");
        Add($"<text x=\"36\" y=\"{Share(0.2) + 4:0.0}\" text-anchor=\"end\">20 %</text>");
        foreach (var milliseconds in new[] { 10, 100 })
            Add($"<text x=\"36\" y=\"{Latency(milliseconds) + 4:0.0}\" text-anchor=\"end\">{milliseconds} ms</text>");
        var line = new StringBuilder();
        for (var second = 0; second < Seconds; second++)
        {
            var during = requests.Where(request => (int)request.At == second).ToArray();
            var share = during.Count(static request => request.Instance == SlowInstanceSimulation.Slow) / (double)Math.Max(1, during.Length);
            Add($"<rect x=\"{X(second)}\" y=\"{Share(share):0.0}\" width=\"4\" height=\"{Share(0) - Share(share):0.0}\" fill=\"#d92d20\"/>");
            line.Append(CultureInfo.InvariantCulture, $"{X(second) + 2},{Latency(SlowInstanceSimulation.P99(during)):0.0} ");
        }

        Add($"<polyline points=\"{line.ToString().TrimEnd()}\" fill=\"none\" stroke=\"#1570ef\" stroke-width=\"1.5\"/>");
        Add($"<text x=\"40\" y=\"{Height - 6}\">0 s</text><text x=\"{X(SlowFrom)}\" y=\"{Height - 6}\">slow from here to {SlowUntil} s</text>");
        Add($"<text x=\"{Width - 40}\" y=\"{Height - 6}\" text-anchor=\"end\">{Seconds} s</text>");
        Add($"</svg>");
        return text.ToString();

        void Add(FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture)).Append('\n');

        static int X(int second) => 40 + (second * 5);

        // The whole height is half of all requests; pick-first sends more and is cut.
        static double Share(double share) => 90 - (Math.Min(share, 0.5) * 120);

        static double Latency(double milliseconds) => 170 - (Math.Clamp(Math.Log10(Math.Max(1, milliseconds) / 5), 0, 2) * 35);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Rollcall.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Rollcall.slnx is in no folder above the tests.");
        return folder;
    }
}
