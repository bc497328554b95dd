using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Registration;

namespace Rollcall.Tests.Registration;

public sealed class RegistrationMetricsTests
{
    [Fact]
    public void A_request_is_recorded_in_seconds_by_operation_and_outcome()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var recorded = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            recorded.Add($"{instrument.Name} {value} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))}"));
        listener.Start();

        new RegistrationMetrics(meters).Requested(new RegistrationAction.Renew([]), "ok", TimeSpan.FromMilliseconds(250));

        Assert.Equal(["rollcall.registration.request.duration 0.25 s rollcall.operation=renew rollcall.outcome=ok"], recorded);
    }
}
