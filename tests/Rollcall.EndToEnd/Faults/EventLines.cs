namespace Rollcall.EndToEnd.Faults;

/// <summary>An instance's stream of events, of which the first has been read.</summary>
internal sealed class EventLines : IDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _reader;
    private readonly string _first;

    private EventLines(HttpResponseMessage answer, StreamReader reader, string first) => (_answer, _reader, _first) = (answer, reader, first);

    /// <summary>Who sends it.</summary>
    public string Instance => _first.Split(' ')[1];

    public static async Task<EventLines> OpenAsync(HttpResponseMessage answer)
    {
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        return new EventLines(answer, reader, await reader.ReadLineAsync() ?? throw new InvalidDataException("The stream ended before it began."));
    }

    /// <summary>Every line until its end, the first included.</summary>
    public async IAsyncEnumerable<string> LinesAsync()
    {
        yield return _first;
        while (await _reader.ReadLineAsync() is { } line)
            yield return line;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _answer.Dispose();
    }
}
