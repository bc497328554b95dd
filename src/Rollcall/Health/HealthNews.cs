namespace Rollcall.Health;

/// <summary>Tells people and metrics what has changed about the endpoints of a target.</summary>
internal sealed partial class HealthNews(ServiceTarget target, HealthContext context)
{
    public void Tell(in HealthEvent happened, AvoidanceTable avoided)
    {
        var id = happened.Endpoint?.Endpoint.Id ?? "";
        switch (happened)
        {
            case { Kind: HealthEventKind.Avoided, Avoidance: { IsEjection: true } ejection }:
                context.Metrics.Avoided(ejection.Reason);
                Log.Ejected(context.Logger, id, target, LengthOf(ejection), ejection.Times, ejection.Reason.ToText(), ejection.Detail);
                break;
            case { Kind: HealthEventKind.Avoided, Avoidance: { } avoidance }:
                context.Metrics.Avoided(avoidance.Reason);
                Log.Avoided(context.Logger, id, target, LengthOf(avoidance), avoidance.Reason.ToText(), avoidance.Detail);
                break;
            case { Kind: HealthEventKind.AvoidedAgain, Avoidance: { } avoidance }:
                context.Metrics.Avoided(avoidance.Reason);
                Log.StillAvoided(context.Logger, id, target, LengthOf(avoidance), avoidance.Reason.ToText(), avoidance.Detail);
                break;
            case { Kind: HealthEventKind.Returned, Avoidance: { } avoidance }:
                Log.Returned(context.Logger, id, target, DurationText.Format(context.Time.GetUtcNow() - avoidance.Since), avoidance.Reason.ToText());
                break;
            case { Kind: HealthEventKind.Spared, Avoidance: { } avoidance }:
                context.Metrics.Spared(avoidance.Reason);
                Log.Spared(context.Logger, id, target, avoidance.Reason.ToText(), avoidance.Detail, avoided.Ejected, avoided.Ready);
                break;
            case { Kind: HealthEventKind.PanicBegan }:
                context.Metrics.Panicked();
                Log.PanicBegan(context.Logger, avoided.Usable, avoided.Ready, target);
                break;
            case { Kind: HealthEventKind.PanicEnded }:
                Log.PanicEnded(context.Logger, avoided.Usable, avoided.Ready, target);
                break;
        }
    }

    private string LengthOf(Avoidance avoidance) => DurationText.Format(TimeSpan.FromMilliseconds(Math.Ceiling((avoidance.Until - context.Time.GetUtcNow()).TotalMilliseconds)));
}
