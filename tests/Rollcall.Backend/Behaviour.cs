using System.Text;

namespace Rollcall.Backend;

/// <summary>How requests are answered at present.</summary>
internal sealed class Behaviour(string id, TimeSpan usual)
{
    private readonly byte[] _body = Encoding.ASCII.GetBytes(id);
    private volatile State _state = new(Answer.Ok, usual);
    private long _requests;
    private long _spoilt;

    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests that were not answered as usual.</summary>
    public long Spoilt => Interlocked.Read(ref _spoilt);

    public void Change(Answer answer, TimeSpan delay) => _state = new(answer, delay > TimeSpan.Zero ? delay : usual);

    public async Task AnswerAsync(HttpContext context)
    {
        var (answer, delay) = _state;
        Interlocked.Increment(ref _requests);
        if (answer != Answer.Ok)
            Interlocked.Increment(ref _spoilt);
        if (answer == Answer.Hang)
            delay = Timeout.InfiniteTimeSpan;
        if (delay != TimeSpan.Zero)
        {
            try
            {
                await Task.Delay(delay, TimeProvider.System, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                return; // nobody waits for it any more
            }
        }

        if (answer == Answer.Error)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = _body.Length;
        await context.Response.Body.WriteAsync(_body);
    }

    private sealed record State(Answer Answer, TimeSpan Delay);
}
