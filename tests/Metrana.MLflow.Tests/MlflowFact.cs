namespace Metrana.MLflow.Tests;

/// <summary>A test against a real MLflow server, where there is a program that starts one.</summary>
internal sealed class MlflowFactAttribute : FactAttribute
{
    public MlflowFactAttribute()
    {
        if (MlflowServer.Program is null)
        {
            Skip = $"There is no MLflow here: {MlflowServer.Variable} names no program that starts one (PROGRAM PORT FOLDER).";
        }
    }
}
