using Microsoft.Playwright;

namespace Rollcall.EndToEnd.Dashboard;

/// <summary>A page of the dashboard, and everything that went wrong on it.</summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    public DashboardPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.SetDefaultTimeout(20_000);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Note($"{message.Type}: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => Note($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                Note($"asked somebody else: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>What the console said and what was asked of others.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    public async Task GoToAsync(string path)
    {
        await Page.GotoAsync(path);
        await Assertions.Expect(Page.Locator(".connection")).ToHaveAttributeAsync("data-phase", "live");
    }

    /// <summary>Forgets what went wrong so far: a node that was killed leaves words in the console.</summary>
    public void Forgive()
    {
        lock (_errors)
            _errors.Clear();
    }

    /// <summary>Nothing went wrong.</summary>
    public void AssertClean() => Assert.Empty(Errors);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Note(string error)
    {
        lock (_errors)
            _errors.Add(error);
    }
}
